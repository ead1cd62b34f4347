// Findings as sentences.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/report.h"

#include <algorithm>
#include <iterator>

namespace emu {

const char* name(Kind kind) {
  static const char* const names[] = {"divergence", "race",      "proxy",   "uninitialised", "out_of_bounds", "misaligned",
                                      "deadlock",   "livelock",  "barrier", "mbarrier",      "bulk",          "tensor_map",
                                      "wgmma",      "registers", "cluster", "early_read",    "launch",        "unfinished"};
  return names[int(kind)];
}

std::string Access::text() const {
  std::string s = instruction;
  if (line) s += " at " + file + ":" + std::to_string(line);
  s += " by block (" + std::to_string(block.x) + "," + std::to_string(block.y) + "," + std::to_string(block.z) + ")";
  if (thread >= 0)
    s += " thread " + std::to_string(thread) + " (warp " + std::to_string(thread / 32) + " lane " + std::to_string(thread % 32) + ")";
  if (!agent.empty()) s += ", " + agent;
  return s;
}

std::string Finding::text() const {
  std::string s = std::string(name(kind)) + ": " + here.text();
  if (!buffer.empty()) {
    s += "\n  on " + buffer + " + " + std::to_string(offset);
    if (bytes) s += " (" + std::to_string(bytes) + " bytes)";
  }
  if (has_other) s += std::string("\n  against the earlier ") + (other.write ? "write, " : "") + other.text();
  if (!detail.empty()) s += "\n  " + detail;
  return s;
}

const Finding* Report::find(Kind kind) const {
  const auto at = std::find_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.kind == kind; });
  return at == findings.end() ? nullptr : &*at;
}

bool Report::only(Kind kind) const {
  return !findings.empty() && std::all_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.kind == kind; });
}

std::string Report::text() const {
  std::string s;
  for (const Finding& f : findings) s += f.text() + "\n";
  if (total > findings.size()) s += "and " + std::to_string(total - findings.size()) + " more\n";
  return s.empty() ? "clean\n" : s;
}

}  // namespace emu
