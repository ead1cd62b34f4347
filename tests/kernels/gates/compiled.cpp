// Reads the reports of ptxas and the listings of nvdisasm.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/gates/compiled.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <regex>
#include <sstream>

namespace rapt::tests {
std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? name.get() : symbol;
}

std::map<std::string, Resources> read_resources(const std::string& log) {
  static const std::regex entry("Compiling entry function '(\\w+)' for"), used("Used ([0-9]+) registers");
  static const std::regex stack("([0-9]+) bytes stack frame, ([0-9]+) bytes spill stores, ([0-9]+) bytes spill loads");
  std::map<std::string, Resources> all;
  std::string kernel, line;
  std::smatch m;
  for (std::stringstream in(log); std::getline(in, line);) {
    if (std::regex_search(line, m, entry)) kernel = demangled(m[1]);
    if (kernel.empty()) continue;
    Resources& r = all[kernel];
    if (std::regex_search(line, m, stack)) {
      r.stack_bytes += std::stoi(m[1]);
      r.spill_bytes += std::stoi(m[2]) + std::stoi(m[3]);
    }
    if (std::regex_search(line, m, used)) r.registers = std::stoi(m[1]);
  }
  return all;
}

std::vector<std::string> complaints(const std::string& log) {
  static const std::regex plain(
      "ptxas info *: ([0-9]+ bytes gmem.*|Compiling entry function .*|Function properties for .*|Used .*|Compile time .*)| +[0-9]+ bytes "
      "stack frame.*");
  std::vector<std::string> rest;
  std::string line;
  for (std::stringstream in(log); std::getline(in, line);)
    if (!line.empty() && !std::regex_match(line, plain)) rest.push_back(line);
  return rest;
}

std::map<std::string, Code> read_code(const std::string& listing) {
  static const std::regex section("\\.text\\.(\\w+):"), label("(\\.L\\w*):");
  static const std::regex instruction(" */\\*[0-9a-f]{4,}\\*/ +(@!?U?P[T0-9]+ +)?([A-Z][A-Z0-9_.a-z]*)([^;]*);.*");
  static const std::regex target("`\\((\\.L\\w*)\\)"), always(" *`\\(\\.L\\w*\\) *");  // "BRA P1, `(.L_x_5)" has a condition too
  std::map<std::string, Code> all;
  std::map<std::string, size_t> labels;
  std::vector<std::string> targets;  // labels, by instruction
  Code code;
  std::string kernel, text;
  std::smatch m, t;
  const auto finish = [&] {
    for (size_t i = 0; i < code.size(); ++i)
      if (const auto found = labels.find(targets[i]); found != labels.end()) code[i].target = found->second;
    if (!kernel.empty()) all[kernel] = code;
    code.clear(), labels.clear(), targets.clear();
  };
  for (std::stringstream in(listing); std::getline(in, text);) {
    if (std::regex_match(text, m, section)) {
      finish();
      kernel = demangled(m[1]);
    } else if (std::regex_match(text, m, label)) {
      labels[m[1]] = code.size();
    } else if (std::regex_match(text, m, instruction)) {
      const std::string opcode = m[2], operands = m[3];
      const bool branch = opcode.rfind("BRA", 0) == 0, leaves = opcode == "EXIT" || opcode.rfind("RET", 0) == 0;
      const bool taken = leaves || (opcode == "BRA" && std::regex_match(operands, always));
      code.push_back({opcode, operands, m[1].matched || !taken});
      targets.push_back(branch && std::regex_search(operands, t, target) ? t[1].str() : "");
    }
  }
  finish();
  return all;
}

int count(const Code& code, const std::string& pattern) {
  const std::regex regex(pattern);
  return static_cast<int>(std::count_if(code.begin(), code.end(),
                                        [&](const Instruction& instruction) { return std::regex_search(instruction.opcode, regex); }));
}

}  // namespace rapt::tests
