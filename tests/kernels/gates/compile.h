// Compiles the rows of the table with the toolkit at hand, each step once in a process.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "attention/variant.h"
#include "tests/kernels/gates/compiled.h"

namespace rapt::tests {

// What the rows of one architecture are compiled for. Rows of 80 run on everything later.
struct Target {
  int rows;
  std::string ptx;
  std::vector<std::string> assembled;  // machine code is looked at for the first
  int shared_limit;                    // bytes a block, of those that have least
};
inline const Target kTargets[] = {{80, "80", {"80", "86", "89", "90", "100", "120"}, 99 * 1024}, {90, "90a", {"90a"}, 227 * 1024}};

bool has_nvcc();
std::string nvcc_version();  // "V13.0.88"
std::string contents(const std::string& path);

std::vector<const kernels::Variant*> rows_of(const Target& target);
std::string type_of(const kernels::Variant& row);  // its kernel, as demangled symbols spell it
template <class Value>
const Value* find(const std::map<std::string, Value>& by_symbol, const std::string& type) {
  for (const auto& [symbol, value] : by_symbol)
    if (symbol.find("entry<" + type + " >(") != std::string::npos) return &value;
  return nullptr;
}

// Each fails the test that calls it where the tool fails.
void compile(const Target& target);                                           // to PTX
std::string assemble(const Target& target, const std::string& architecture);  // ptxas -v: its report
std::string disassemble(const Target& target);                                // "": there is no nvdisasm
size_t fat_binary_bytes();   // of the code for every architecture, and PTX, of all rows, compressed as nvcc does it
double compiler_seconds();   // CPU time of the front end and cicc so far
double assembler_seconds();  // of ptxas

}  // namespace rapt::tests
