// Reads the kernel table and draws it as Markdown.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/kernels.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <rapt/rapt.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "cli/options.h"

namespace rapt::cli {
namespace {

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> all;
  for (std::string& word : split(text, ' ')) {
    if (!word.empty()) all.push_back(std::move(word));
  }
  return all;
}

// The kernels of an engine for an architecture.
struct Column {
  std::vector<Kernel> kernels;

  std::string title() const {
    const Kernel& first = kernels.front();
    return first.engine + (first.arch.empty() ? "" : " " + first.arch) + (first.arch == "sm_80" ? " and newer" : "");
  }
};

std::vector<Column> columns_of(const std::vector<Kernel>& kernels) {
  std::vector<Column> columns;
  for (const Kernel& kernel : kernels) {
    const auto same = [&kernel](const Column& column) {
      return column.kernels.front().engine == kernel.engine && column.kernels.front().arch == kernel.arch;
    };
    const auto column = std::find_if(columns.begin(), columns.end(), same);
    if (column == columns.end()) {
      columns.push_back({{kernel}});
    } else {
      column->kernels.push_back(kernel);
    }
  }
  return columns;
}

bool has(const std::vector<std::string>& all, const std::string& word) { return std::find(all.begin(), all.end(), word) != all.end(); }

void add_once(std::vector<std::string>& all, const std::string& word) {
  if (!has(all, word)) all.push_back(word);
}

std::vector<std::string> types_of(const Column& column) {
  std::vector<std::string> types;
  for (const Kernel& kernel : column.kernels) {
    for (const std::string& type : words(kernel.types)) add_once(types, type);
  }
  return types;
}

// Of "any", "up to 128", "up to 192, v 128".
constexpr int kAny = std::numeric_limits<int>::max();
int largest_head(const std::string& head_dims) {
  const size_t digit = head_dims.find_first_of("0123456789");
  return digit == std::string::npos ? kAny : std::atoi(head_dims.c_str() + digit);
}
std::string up_to(int head_dim) { return head_dim == kAny ? "any" : fmt::format("up to {}", head_dim); }

// The largest head_dim with a feature ("": with none in particular) for elements of a type; 0: no kernel.
int largest_head(const Column& column, const std::string& type, const std::string& feature) {
  int largest = 0;
  for (const Kernel& kernel : column.kernels) {
    if (has(words(kernel.types), type) && (feature.empty() || has(kernel.features, feature)))
      largest = std::max(largest, largest_head(kernel.head_dims));
  }
  return largest;
}

std::string names_of(const Column& column) {
  constexpr size_t kFew = 6;
  std::vector<std::string> names;
  for (const Kernel& kernel : column.kernels) names.push_back(kernel.name);
  return names.size() > kFew ? fmt::format("{} of them", names.size()) : fmt::format("{}", fmt::join(names, ", "));
}

std::string heads_of(const Column& column) {
  int largest = 0;
  for (const std::string& type : types_of(column)) largest = std::max(largest, largest_head(column, type, ""));
  return up_to(largest);
}

// "yes", "no", or for which types and heads.
std::string support_of(const Column& column, const std::string& feature) {
  std::vector<std::string> some;
  bool all = true;
  for (const std::string& type : types_of(column)) {
    const int with = largest_head(column, type, feature), largest = largest_head(column, type, "");
    all = all && with == largest;
    if (with > 0) some.push_back(with == largest ? type : fmt::format("{} {}", type, up_to(with)));
  }
  return some.empty() ? "no" : all ? "yes" : fmt::format("{}", fmt::join(some, ", "));
}

template <class Cell>
std::string row(const std::string& name, const std::vector<Column>& columns, Cell cell) {
  std::string text = "| " + name + " |";
  for (const Column& column : columns) text += " " + cell(column) + " |";
  return text + "\n";
}

}  // namespace

std::vector<Kernel> kernels_of_build() {
  std::vector<Kernel> kernels;
  rapt_variant row = {};
  row.struct_size = sizeof row;
  for (int32_t index = 0; rapt_variant_at(index, &row) != 0; ++index) {
    kernels.push_back({row.engine, row.name, row.types, row.head_dims, words(row.features), row.unavailable, row.arch});
  }
  return kernels;
}

std::vector<int32_t> engines_here() {
  std::vector<int32_t> engines;
  for (const Kernel& kernel : kernels_of_build()) {
    if (!kernel.unavailable.empty()) continue;
    const int32_t engine = parse_engine("--engine", kernel.engine);
    if (std::find(engines.begin(), engines.end(), engine) == engines.end()) engines.push_back(engine);
  }
  return engines;
}

std::string print_matrix(const std::vector<Kernel>& kernels) {
  const std::vector<Column> columns = columns_of(kernels);
  std::vector<std::string> features;
  for (const Kernel& kernel : kernels) {
    for (const std::string& feature : kernel.features) add_once(features, feature);
  }
  std::string text = row("engine", columns, [](const Column& column) { return column.title(); });
  text += row("---", columns, [](const Column&) { return std::string("---"); });
  text += row("kernels", columns, names_of);
  text += row("types", columns, [](const Column& column) { return fmt::format("{}", fmt::join(types_of(column), " ")); });
  text += row("head_dim", columns, heads_of);
  for (const std::string& feature : features)
    text += row(feature, columns, [&feature](const Column& column) { return support_of(column, feature); });
  return text;
}

}  // namespace rapt::cli
