// Runs nvcc, ptxas and nvdisasm.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/gates/compile.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <typeinfo>

#include "attention/variants.h"

namespace rapt::tests {
namespace {

namespace fs = std::filesystem;
const std::string kNvcc = RAPT_NVCC, kRoot = RAPT_SOURCE_DIR;
const fs::path kWork = RAPT_BINARY_DIR;
double seconds_in_compiler = 0, seconds_in_assembler = 0;

double children_seconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Standard output and error of a command that should succeed. Its CPU time is added to `seconds`.
std::string output(const std::string& command, double* seconds = nullptr) {
  const fs::path log = kWork / "log";
  const double before = children_seconds();
  EXPECT_EQ(std::system(("exec >'" + log.string() + "' 2>&1; " + command).c_str()), 0) << command << "\n" << contents(log);
  if (seconds != nullptr) *seconds += children_seconds() - before;
  return contents(log);
}

std::string tool(const std::string& name) { return "'" + (fs::path(kNvcc).parent_path() / name).string() + "'"; }
std::string file(const Target& target, const std::string& suffix) { return (kWork / ("rows_" + target.ptx + suffix)).string(); }

// A machine that knows the name of its kernel, as nvcc spells it too.
template <class Kernel>
struct NamingMachine {
  static int launch(const kernels::Launch& call) {
    *static_cast<std::string*>(call.context) = typeid(Kernel).name();
    return 0;
  }
};

// The disassembler beside nvcc, or one of our own.
std::string disassembler() {
  const fs::path beside = fs::path(kNvcc).parent_path() / "nvdisasm", own = kWork / "tools";
  if (fs::exists(beside)) return beside;
  if (std::system(("'" + kRoot + "/cmake/install-cuda' '" + own.string() + "' nvdisasm").c_str()) != 0) return "";
  return own / "cuda/bin/nvdisasm";
}

}  // namespace

bool has_nvcc() { return !kNvcc.empty(); }

std::string contents(const std::string& path) {
  std::stringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

std::string nvcc_version() {
  const std::string text = output("'" + kNvcc + "' --version");
  const size_t begin = text.find(", V"), end = text.find('\n', begin);
  return begin == std::string::npos ? "" : text.substr(begin + 2, end - begin - 2);
}

std::vector<const kernels::Variant*> rows_of(const Target& target) {
  std::vector<const kernels::Variant*> rows;
  for (const kernels::Variant& row : kernels::kForward<NamingMachine>)
    if (row.architecture == target.rows) rows.push_back(&row);
  return rows;
}

std::string type_of(const kernels::Variant& row) {
  std::string name;
  row.launch({nullptr, {}, &name});
  return demangled(name);
}

void compile(const Target& target) {
  static std::set<std::string> done;
  if (!done.insert(target.ptx).second) return;
  EXPECT_EQ(output(tool("nvcc") + " -std=c++20 -I'" + kRoot + "/kernels' -I'" + kRoot + "/host' -DRAPT_GATE_ARCHITECTURE=" +
                       std::to_string(target.rows) + " -gencode arch=compute_" + target.ptx + ",code=compute_" + target.ptx + " -ptx '" +
                       kRoot + "/tests/kernels/gates/rows.cu' -o '" + file(target, ".ptx") + "'",
                   &seconds_in_compiler),
            "");
}

std::string assemble(const Target& target, const std::string& architecture) {
  static std::map<std::string, std::string> reports;
  const auto [report, is_new] = reports.try_emplace(target.ptx + architecture);
  if (is_new) {
    compile(target);
    report->second = output(tool("ptxas") + " -v -arch=sm_" + architecture + " '" + file(target, ".ptx") + "' -o '" +
                                file(target, "_" + architecture + ".cubin") + "'",
                            &seconds_in_assembler);
  }
  return report->second;
}

std::string disassemble(const Target& target) {
  static const std::string nvdisasm = disassembler();
  if (nvdisasm.empty()) return "";
  assemble(target, target.assembled[0]);
  return output("'" + nvdisasm + "' -c '" + file(target, "_" + target.assembled[0] + ".cubin") + "'");
}

size_t fat_binary_bytes() {
  const std::string fat = (kWork / "rows.fatbin").string();
  std::string command = tool("fatbinary") + " -64 --create='" + fat + "'";
  for (const Target& target : kTargets) {
    for (const std::string& architecture : target.assembled) {
      if (architecture == "86" || architecture == "89") continue;  // they run code for 8.0
      assemble(target, architecture);
      command += " --image3=kind=elf,sm=" + architecture + ",file='" + file(target, "_" + architecture + ".cubin") + "'";
    }
    if (target.rows == 80) command += " --image3=kind=ptx,sm=80,file='" + file(target, ".ptx") + "'";
  }
  output(command);
  return fs::exists(fat) ? fs::file_size(fat) : 0;
}

double compiler_seconds() { return seconds_in_compiler; }
double assembler_seconds() { return seconds_in_assembler; }

}  // namespace rapt::tests
