// Reads the kernel table and draws it as Markdown.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/kernels.h"

#include <fmt/format.h>
#include <rapt/rapt.h>

#include <algorithm>

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

// Kernels that differ in their names alone, as one whose name lists them all.
std::vector<Kernel> group(const std::vector<Kernel>& kernels) {
  std::vector<Kernel> columns;
  for (const Kernel& kernel : kernels) {
    const auto same = [&kernel](const Kernel& column) {
      return column.engine == kernel.engine && column.types == kernel.types && column.head_dims == kernel.head_dims &&
             column.features == kernel.features;
    };
    const auto column = std::find_if(columns.begin(), columns.end(), same);
    if (column == columns.end()) {
      columns.push_back(kernel);
    } else {
      column->name += ", " + kernel.name;
    }
  }
  return columns;
}

template <class Cell>
std::string row(const std::string& name, const std::vector<Kernel>& columns, Cell cell) {
  std::string text = "| " + name + " |";
  for (const Kernel& column : columns) text += " " + cell(column) + " |";
  return text + "\n";
}

}  // namespace

std::vector<Kernel> kernels_of_build() {
  std::vector<Kernel> kernels;
  rapt_variant row = {};
  row.struct_size = sizeof row;
  for (int32_t index = 0; rapt_variant_at(index, &row) != 0; ++index) {
    kernels.push_back({row.engine, row.name, row.types, row.head_dims, words(row.features), row.unavailable});
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
  const std::vector<Kernel> columns = group(kernels);
  std::vector<std::string> features;
  for (const Kernel& column : columns) {
    for (const std::string& feature : column.features) {
      if (std::find(features.begin(), features.end(), feature) == features.end()) features.push_back(feature);
    }
  }
  std::string text = row("engine", columns, [](const Kernel& column) { return column.engine; });
  text += row("---", columns, [](const Kernel&) { return std::string("---"); });
  text += row("kernels", columns, [](const Kernel& column) { return column.name; });
  text += row("types", columns, [](const Kernel& column) { return column.types; });
  text += row("head_dim", columns, [](const Kernel& column) { return column.head_dims; });
  for (const std::string& feature : features) {
    text += row(feature, columns, [&feature](const Kernel& column) {
      const bool has = std::find(column.features.begin(), column.features.end(), feature) != column.features.end();
      return std::string(has ? "yes" : "no");
    });
  }
  return text;
}

}  // namespace rapt::cli
