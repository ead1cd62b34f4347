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
namespace {

struct Line {
  std::string opcode, target;  // target: the label that a branch names
};

// The loop between a label and a branch back to it with the highest share of matrix instructions.
std::vector<std::string> main_loop(const std::vector<Line>& lines, const std::map<std::string, size_t>& labels) {
  size_t best_begin = 0, best_end = 0;
  double best_share = 0;
  for (size_t end = 0; end < lines.size(); ++end) {
    const auto label = labels.find(lines[end].target);
    if (label == labels.end() || label->second > end) continue;
    const auto matrix =
        std::count_if(lines.begin() + static_cast<std::ptrdiff_t>(label->second), lines.begin() + static_cast<std::ptrdiff_t>(end),
                      [](const Line& line) { return line.opcode.find("MMA.") != std::string::npos; });
    const double share = static_cast<double>(matrix) / static_cast<double>(end - label->second + 1);
    if (share > best_share) best_share = share, best_begin = label->second, best_end = end + 1;
  }
  std::vector<std::string> opcodes;
  for (size_t i = best_begin; i < best_end; ++i) opcodes.push_back(lines[i].opcode);
  return opcodes;
}

}  // namespace

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
  static const std::regex instruction(" */\\*[0-9a-f]{4,}\\*/ +(?:@!?U?P[T0-9]+ +)?([A-Z][A-Z0-9_.a-z]*)([^;]*);.*"),
      target("`\\((\\.L\\w*)\\)");
  std::map<std::string, Code> all;
  std::vector<Line> lines;
  std::map<std::string, size_t> labels;
  std::string kernel, text;
  std::smatch m, t;
  const auto finish = [&] {
    if (kernel.empty()) return;
    Code& code = all[kernel];
    for (const Line& line : lines) code.all.push_back(line.opcode);
    code.main_loop = main_loop(lines, labels);
    lines.clear(), labels.clear();
  };
  for (std::stringstream in(listing); std::getline(in, text);) {
    if (std::regex_match(text, m, section)) {
      finish();
      kernel = demangled(m[1]);
    } else if (std::regex_match(text, m, label)) {
      labels[m[1]] = lines.size();
    } else if (std::regex_match(text, m, instruction)) {
      const std::string operands = m[2];
      lines.push_back({m[1], std::regex_search(operands, t, target) ? t[1].str() : ""});
    }
  }
  finish();
  return all;
}

int count(const std::vector<std::string>& opcodes, const std::string& pattern) {
  const std::regex regex(pattern);
  return static_cast<int>(
      std::count_if(opcodes.begin(), opcodes.end(), [&](const std::string& opcode) { return std::regex_search(opcode, regex); }));
}

}  // namespace rapt::tests
