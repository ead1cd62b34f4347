// Finds the main loop of an attention kernel.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/gates/main_loop.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <tuple>

namespace rapt::tests {
namespace {

struct Range {
  size_t begin, end;  // the label's instruction, the branch back
  bool holds(size_t i) const { return begin <= i && i <= end; }
};

// Shortest first.
std::vector<Range> loops_of(const Code& code) {
  std::vector<Range> loops;
  for (size_t i = 0; i < code.size(); ++i)
    if (code[i].target <= i) loops.push_back({code[i].target, i});
  std::stable_sort(loops.begin(), loops.end(), [](const Range& a, const Range& b) { return a.end - a.begin < b.end - b.begin; });
  return loops;
}

bool is_matrix(const Instruction& instruction) { return instruction.opcode.find("MMA.") != std::string::npos; }
bool is_copy(const Instruction& instruction) {
  return instruction.opcode.rfind("LDGSTS", 0) == 0 || instruction.opcode.rfind("UTMALDG", 0) == 0;
}

constexpr size_t kMostCopies = 64;  // that a path is followed with

// The best way on from an instruction with a given number of copies.
struct Way {
  bool arrives = false;
  int matrix = 0, all = 0;
  size_t next = Instruction::kNowhere;
  bool better_than(const Way& o) const { return std::tuple(arrives, matrix, -all) > std::tuple(o.arrives, o.matrix, -o.all); }
};
using Ways = std::vector<std::array<Way, kMostCopies + 1>>;  // by instruction of the loop, by copies still to come

// Branches lead forward, so the best ways are known from the end on.
Ways ways_through(const Code& code, const Range& loop) {
  Ways ways(loop.end - loop.begin + 1);
  ways.back()[0] = {true, 0, 1, Instruction::kNowhere};
  for (size_t i = loop.end; i-- > loop.begin;) {
    const size_t own = is_copy(code[i]) ? 1 : 0;
    for (size_t copies = own; copies <= kMostCopies; ++copies) {
      Way best;
      const auto consider = [&](size_t next) {
        Way way = ways[next - loop.begin][copies - own];
        way.next = next;
        if (way.better_than(best)) best = way;
      };
      if (code[i].goes_on) consider(i + 1);
      if (code[i].target > i && code[i].target <= loop.end) consider(code[i].target);
      best.matrix += is_matrix(code[i]), best.all += 1;
      ways[i - loop.begin][copies] = best;
    }
  }
  return ways;
}

// Indices in order; empty: the branch back cannot be reached.
std::vector<size_t> hot_path(const Code& code, const Range& loop, const TileWork& tile) {
  const Ways ways = ways_through(code, loop);
  const auto& from = ways.front();
  const auto away = [&](size_t copies) {  // from the number of copies that the path's tiles take
    return std::abs(static_cast<int>(copies) - tile.copies * std::max(1, from[copies].matrix / tile.matrix()));
  };
  size_t copies = 0;
  for (size_t c = 1; c <= kMostCopies; ++c)
    if (std::tuple(from[c].arrives, from[c].matrix, -away(c), -from[c].all) >
        std::tuple(from[copies].arrives, from[copies].matrix, -away(copies), -from[copies].all))
      copies = c;
  std::vector<size_t> path;
  if (!from[copies].arrives) return path;
  for (size_t i = loop.begin; i != Instruction::kNowhere;) {
    path.push_back(i);
    const size_t next = ways[i - loop.begin][copies].next;
    copies -= is_copy(code[i]);
    i = next;
  }
  return path;
}

// How often the body of a product counts that is a loop; 0: the matrix instructions are not those of a tile or several.
int turns_of_product(int outside, int inside, const TileWork& tile) {
  if (inside == 0) return outside > 0 && outside % tile.matrix() == 0 ? 1 : 0;
  const int rest = tile.matrix() - outside;
  return (outside == tile.scores || outside == tile.output) && rest % inside == 0 ? rest / inside : 0;
}

}  // namespace

Code main_loop(const Code& code, const TileWork& tile) {
  const std::vector<Range> loops = loops_of(code);
  for (const Range& loop : loops) {
    const auto at = [&](size_t i) { return code.begin() + static_cast<std::ptrdiff_t>(i); };
    if (std::none_of(at(loop.begin), at(loop.end), is_matrix)) continue;
    const std::vector<size_t> path = hot_path(code, loop, tile);
    const auto in_product = [&](size_t i) {  // in a loop on the path that holds matrix instructions
      return std::any_of(loops.begin(), loops.end(), [&](const Range& inner) {
        return inner.begin > loop.begin && inner.end < loop.end && inner.holds(i) &&
               std::any_of(path.begin(), path.end(), [&](size_t j) { return inner.holds(j) && is_matrix(code[j]); });
      });
    };
    int outside = 0, inside = 0;
    for (const size_t i : path)
      if (is_matrix(code[i])) ++(in_product(i) ? inside : outside);
    const int turns = turns_of_product(outside, inside, tile);
    if (turns == 0) continue;
    Code issued;
    for (const size_t i : path) issued.insert(issued.end(), turns > 1 && in_product(i) ? static_cast<size_t>(turns) : 1, code[i]);
    return issued;
  }
  return {};
}

}  // namespace rapt::tests
