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

// Of `nvdisasm -c`.
struct Instruction {
  static constexpr size_t kNowhere = static_cast<size_t>(-1);
  std::string opcode, operands;  // "HMMA.16816.F32.BF16", " R4, R8, R12, R4 "
  bool goes_on = true;           // the next instruction may follow it
  size_t target = kNowhere;      // of a branch: an index
};
using Code = std::vector<Instruction>;
std::map<std::string, Code> read_code(const std::string& listing);  // by demangled name
int count(const Code& code, const std::string& pattern);            // a regular expression, anywhere in the opcode

}  // namespace rapt::tests
