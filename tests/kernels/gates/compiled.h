// What the assembler says of kernels, and what their machine code holds.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>

namespace rapt::tests {

std::string demangled(const std::string& symbol);

// Of `ptxas -v`, for one architecture. Cold functions count with the kernel that they were printed under.
struct Resources {
  int registers = 0, stack_bytes = 0, spill_bytes = 0;
};
std::map<std::string, Resources> read_resources(const std::string& log);  // by demangled name
std::vector<std::string> complaints(const std::string& log);              // every line that is not a plain report

// Of `nvdisasm -c`. Opcodes with their modifiers, "HMMA.16816.F32.BF16".
struct Code {
  std::vector<std::string> all;
  std::vector<std::string> main_loop;  // the loop with the highest share of matrix instructions; empty: there is none
};
std::map<std::string, Code> read_code(const std::string& listing);
int count(const std::vector<std::string>& opcodes, const std::string& pattern);  // a regular expression, anywhere in the opcode

}  // namespace rapt::tests
