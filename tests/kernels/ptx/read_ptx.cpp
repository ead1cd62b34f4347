// Renames the registers of PTX, a line at a time: loads of parameters, moves and conversions of address space leave no line of their own.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/ptx/read_ptx.h"

#include <map>
#include <regex>
#include <sstream>
#include <vector>

namespace rapt::tests {
namespace {

// "v7" -> {"v", 7}; anything else has no number.
struct Numbered {
  std::string stem;
  int number = -1;
};
Numbered split(const std::string& name) {
  static const std::regex pattern("([vp])([0-9]+)");
  std::smatch match;
  if (!std::regex_match(name, match, pattern)) return {name, -1};
  return {match[1], std::stoi(match[2])};
}

// {v0,v1,v2,v3} -> {v0..v3}
std::string with_runs(const std::string& line) {
  static const std::regex list("\\{([vp][0-9]+(,[vp][0-9]+)+)\\}");
  std::smatch match;
  std::string rest = line, out;
  while (std::regex_search(rest, match, list)) {
    std::vector<Numbered> names;
    std::stringstream stream(match[1]);
    for (std::string name; std::getline(stream, name, ',');) names.push_back(split(name));
    bool run = true;
    for (size_t i = 1; i < names.size(); ++i)
      run = run && names[i].stem == names[0].stem && names[i].number == names[0].number + static_cast<int>(i);
    const std::string first = names.front().stem + std::to_string(names.front().number),
                      last = names.back().stem + std::to_string(names.back().number);
    out += match.prefix().str() + (run ? "{" + first + ".." + last + "}" : match.str());
    rest = match.suffix();
  }
  return out + rest;
}

class Kernel {
 public:
  explicit Kernel(std::string name) : name_(std::move(name)) {}

  void line(const std::string& text) {
    static const std::regex parameter("ld\\.param\\.\\w+ (%\\w+), \\[\\w+_param_([0-9]+)\\];"),
        place("mov\\.b64 (%\\w+), \\w+_param_([0-9]+);");
    static const std::regex move("mov\\.[bu]\\d+ (%\\w+), (-?\\w+|%[rf]\\w*);"), space("cvta\\.(?:to\\.)?(\\w+)\\.u64 (%\\w+), (%\\w+);");
    static const std::regex narrow("cvt\\.u32\\.u64 (%\\w+), (%tmp);");
    std::smatch m;
    if (std::regex_match(text, m, parameter)) {
      names_[m[1]] = "p" + m[2].str();
    } else if (std::regex_match(text, m, place)) {
      names_[m[1]] = "&p" + m[2].str();
    } else if (std::regex_match(text, m, space)) {
      names_[m[2]] = renamed(m[3]) + "." + m[1].str();
    } else if (std::regex_match(text, m, narrow) || std::regex_match(text, m, move)) {
      names_[m[1]] = renamed(m[2]);
    } else if (text != "ret;" && text.rfind(".reg", 0) != 0) {
      if (!merge_store(renamed(text))) lines_.push_back(renamed(text));
    }
  }

  std::string text() const {
    std::string out = name_ + "\n";
    for (const std::string& line : lines_) out += "  " + with_runs(line) + "\n";
    return out;
  }

 private:
  std::string renamed(const std::string& text) {
    static const std::regex reg("%(?!tid|ntid|ctaid|nctaid|cluster|laneid)[a-z]+[0-9]+|%tmp");
    std::string out, rest = text;
    for (std::smatch match; std::regex_search(rest, match, reg); rest = match.suffix()) {
      auto known = names_.find(match.str());
      if (known == names_.end()) known = names_.emplace(match.str(), "v" + std::to_string(produced_++)).first;
      out += match.prefix().str() + known->second;
    }
    return out + rest;
  }

  // Four-byte stores of consecutive registers to consecutive places grow into one line.
  bool merge_store(const std::string& text) {
    static const std::regex store("(st\\.global\\.\\w+) \\[([\\w.]+)(?:\\+([0-9]+))?\\], ([vp][0-9]+);");
    std::smatch m;
    if (!std::regex_match(text, m, store)) {
      next_ = {};
      return false;
    }
    const int offset = m[3].matched ? std::stoi(m[3]) : 0;
    const Numbered value = split(m[4]);
    const std::string head = m[1].str() + " [" + m[2].str();
    const bool grows = next_.head == head && next_.offset == offset && next_.value.stem == value.stem && next_.value.number == value.number;
    if (grows)
      lines_.back() =
          head + "+" + std::to_string(next_.first_offset) + "..+" + std::to_string(offset) + "], " + next_.first + ".." + m[4].str() + ";";
    else
      next_.first_offset = offset, next_.first = m[4];
    next_.head = head, next_.offset = offset + 4, next_.value = {value.stem, value.number + 1};
    return grows;
  }

  struct Store {
    std::string head, first;
    int first_offset = 0, offset = -1;
    Numbered value;
  };
  std::string name_;
  std::map<std::string, std::string> names_;
  std::vector<std::string> lines_;
  int produced_ = 0;
  Store next_;
};

// One instruction, without the tabs, comments and brackets that nvcc puts around it. Empty: nothing of interest.
std::string trimmed(std::string line) {
  line = std::regex_replace(line, std::regex("//.*|\\{ \\.reg \\.b64 %tmp;|^\\s+|\\s+$"), "");
  line = std::regex_replace(line, std::regex("\\s+"), " ");
  return std::regex_replace(line, std::regex("^(cvt\\.u32\\.u64 %\\w+, %tmp;) \\}$"), "$1");
}

}  // namespace

std::string normal_form(const std::string& ptx) {
  static const std::regex entry("\\.visible \\.entry (\\w+)\\(.*");
  std::stringstream in(ptx);
  std::string out, line;
  std::smatch match;
  while (std::getline(in, line)) {
    if (!std::regex_match(line, match, entry)) continue;
    Kernel kernel(match[1]);
    while (std::getline(in, line) && line != "{") {
    }
    while (std::getline(in, line) && line != "}")
      if (const std::string text = trimmed(line); !text.empty()) kernel.line(text);
    out += kernel.text() + "\n";
  }
  return out;
}

}  // namespace rapt::tests
