// Gates that need no GPU: every row of the table compiles for its architectures without spills, stack or complaints, and its machine code
// holds the matrix instruction that was meant. Prints a line a row.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <typeinfo>

#include "attention/variants.h"
#include "tests/kernels/gates/compiled.h"

namespace rapt::tests {
namespace {

namespace fs = std::filesystem;
const std::string kNvcc = RAPT_NVCC, kRoot = RAPT_SOURCE_DIR;
const fs::path kWork = RAPT_BINARY_DIR;

std::string contents(const fs::path& path) {
  std::stringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

// Standard output and error of a command that should succeed.
std::string output(const std::string& command) {
  const fs::path log = kWork / "log";
  EXPECT_EQ(std::system(("exec >'" + log.string() + "' 2>&1; " + command).c_str()), 0) << command << "\n" << contents(log);
  return contents(log);
}

// A machine that knows the name of its kernel, as nvcc spells it too.
template <class Kernel>
struct NamingMachine {
  static int launch(const kernels::Launch& call) {
    *static_cast<std::string*>(call.context) = typeid(Kernel).name();
    return 0;
  }
};
std::string type_of(const kernels::Variant& row) {
  std::string name;
  row.launch({nullptr, {}, &name});
  return demangled(name);
}

template <class Value>
const Value* find(const std::map<std::string, Value>& by_symbol, const std::string& type) {
  for (const auto& [symbol, value] : by_symbol)
    if (symbol.find("entry<" + type + " >(") != std::string::npos) return &value;
  return nullptr;
}

// What the rows of one architecture are compiled for. Rows of 80 run on everything later.
struct Target {
  int rows;
  std::string ptx;
  std::vector<std::string> assembled;  // machine code is looked at for the first
  int shared_limit;                    // bytes a block, of those that have least
};
const Target kTargets[] = {{80, "80", {"80", "86", "89", "90", "100", "120"}, 99 * 1024}, {90, "90a", {"90a"}, 227 * 1024}};

class Gates : public testing::TestWithParam<Target> {
 protected:
  static std::string tool(const std::string& name) { return "'" + (fs::path(kNvcc).parent_path() / name).string() + "'"; }
  static fs::path file(const std::string& suffix) { return kWork / ("rows_" + GetParam().ptx + suffix); }

  static std::vector<const kernels::Variant*> rows() {
    std::vector<const kernels::Variant*> rows;
    for (const kernels::Variant& row : kernels::kForward<NamingMachine>)
      if (row.architecture == GetParam().rows) rows.push_back(&row);
    return rows;
  }

  static void compile() {
    static std::set<std::string> done;  // in this process
    if (!done.insert(GetParam().ptx).second) return;
    const std::string architecture = GetParam().ptx;
    EXPECT_EQ(output(tool("nvcc") + " -std=c++20 -I'" + kRoot + "/kernels' -I'" + kRoot + "/host' -DRAPT_GATE_ARCHITECTURE=" +
                     std::to_string(GetParam().rows) + " -gencode arch=compute_" + architecture + ",code=compute_" + architecture +
                     " -ptx '" + kRoot + "/tests/kernels/gates/rows.cu' -o '" + file(".ptx").string() + "'"),
              "");
  }
  static std::string assemble(const std::string& architecture) {
    return output(tool("ptxas") + " -v -arch=sm_" + architecture + " '" + file(".ptx").string() + "' -o '" +
                  file("_" + architecture + ".cubin").string() + "'");
  }

  void SetUp() override {
    if (kNvcc.empty()) GTEST_SKIP() << "no nvcc";
    compile();
  }
};

TEST_P(Gates, NoSpillsNoStackNoComplaints) {
  fmt::print("{:<28} {:>6} {:>7} {:>9} {:>9} {:>6} {:>6}\n", "row", "sm", "threads", "registers", "shared", "stack", "spills");
  for (const std::string& architecture : GetParam().assembled) {
    const std::string log = assemble(architecture);
    for (const std::string& line : complaints(log)) ADD_FAILURE() << "sm_" << architecture << ": " << line;
    const auto resources = read_resources(log);
    for (const kernels::Variant* row : rows()) {
      const Resources* r = find(resources, type_of(*row));
      ASSERT_NE(r, nullptr) << row->name << " was not compiled: " << type_of(*row);
      fmt::print("{:<28} {:>6} {:>7} {:>9} {:>9} {:>6} {:>6}\n", row->name, architecture, row->threads, r->registers, row->shared_bytes,
                 r->stack_bytes, r->spill_bytes);
      EXPECT_EQ(r->spill_bytes, 0) << row->name;
      EXPECT_EQ(r->stack_bytes, 0) << row->name;
      EXPECT_GT(r->registers, 0) << row->name;
      if (row->registers != 0 && architecture == GetParam().assembled[0])  // they are dealt by 8
        EXPECT_EQ((row->registers + 7) / 8, (r->registers + 7) / 8) << row->name << ": variants.h says " << row->registers;
      EXPECT_LE(r->registers * row->threads, 65536) << row->name;
      EXPECT_LE(row->shared_bytes, GetParam().shared_limit) << row->name;
    }
  }
}

// The disassembler beside nvcc, or one of our own.
std::string disassembler() {
  const fs::path beside = fs::path(kNvcc).parent_path() / "nvdisasm", own = kWork / "tools";
  if (fs::exists(beside)) return beside;
  if (std::system(("'" + kRoot + "/cmake/install-cuda' '" + own.string() + "' nvdisasm").c_str()) != 0) return "";
  return own / "cuda/bin/nvdisasm";
}

TEST_P(Gates, HoldsTheMatrixInstructionThatWasMeant) {
  const std::string nvdisasm = disassembler();
  if (nvdisasm.empty()) GTEST_SKIP() << "no nvdisasm";
  assemble(GetParam().assembled[0]);
  const auto codes = read_code(output("'" + nvdisasm + "' -c '" + file("_" + GetParam().assembled[0] + ".cubin").string() + "'"));
  fmt::print("{:<28} {:>6} | main loop: {:>6} {:>7} {:>5} {:>9} {:>5} {:>5}\n", "row", "all", "all", "matrix", "MUFU", "FFMA/MUL/ADD",
             "LDSM", "SHFL");
  for (const kernels::Variant* row : rows()) {
    const Code* code = find(codes, type_of(*row));
    ASSERT_NE(code, nullptr) << row->name;
    fmt::print("{:<28} {:>6} |            {:>6} {:>7} {:>5} {:>12} {:>5} {:>5}\n", row->name, code->all.size(), code->main_loop.size(),
               count(code->main_loop, "MMA\\."), count(code->main_loop, "^MUFU"), count(code->main_loop, "^F(FMA|MUL|ADD)"),
               count(code->main_loop, "^LDSM"), count(code->main_loop, "^SHFL"));
    const std::string type = row->type == kernels::ElementType::bf16 ? "\\.F32\\.BF16$" : "\\.F32$";
    const std::string hmma = row->type == kernels::ElementType::f32 ? "^HMMA\\.1688\\.F32\\.TF32$" : "^HMMA\\.16816" + type;
    if (row->architecture == 90) {
      EXPECT_GT(count(code->main_loop, fmt::format("^HGMMA\\.64x{}x16{}", row->tile_kv, type)), 0) << row->name << ": scores";
      EXPECT_GT(count(code->main_loop, fmt::format("^HGMMA\\.64x{}x16{}", row->head_dim_v, type)), 0) << row->name << ": output";
    } else {
      EXPECT_GT(count(code->main_loop, hmma), 0) << row->name;
    }
    EXPECT_EQ(count(code->all, "MMA\\."), count(code->all, row->architecture == 90 ? "^HGMMA.*" + type : hmma)) << row->name;
    EXPECT_EQ(count(code->all, "^(LDL|STL)"), 0) << row->name << ": local memory";
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, Gates, testing::ValuesIn(kTargets), [](const auto& target) { return "sm_" + target.param.ptx; });

}  // namespace
}  // namespace rapt::tests
