// Block by block: rows of a kv head's queries cut out, their map asked of the judge, the chosen heads kept.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/head_maps.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "cli/case_rows.h"
#include "cli/options.h"

namespace rapt::cli {
namespace {

constexpr double kLargestMaps = 0x1p31;  // bytes
constexpr int64_t kBlock = 1 << 22;      // numbers in a block of rows of one kv head

void refuse_what_is_empty_or_large(const workbench::Case& data, int64_t sequence, const HeadMaps& maps) {
  if (maps.rows == 0 || maps.cols == 0) {
    throw BadInput(fmt::format("--batch: sequence {} has {} queries and {} keys, so there is no map; choose another of the {}", sequence,
                               maps.rows, maps.cols, data.lens_q.size()));
  }
  const double bytes = 8.0 * static_cast<double>(maps.heads.size()) * static_cast<double>(maps.rows) * static_cast<double>(maps.cols);
  if (bytes > kLargestMaps) {
    throw BadInput(
        fmt::format("--head: maps of {} heads, {} queries and {} keys take {:.1f} GiB, and 2 are the limit; choose fewer heads or cut "
                    "the inputs shorter",
                    maps.heads.size(), maps.rows, maps.cols, bytes * 0x1p-30));
  }
}

// Rows [row, row + count) of every chosen head under kv head g.
void fill_block(rapt_context* context, const workbench::Case& data, const Rows& block, int32_t stage, HeadMaps& maps) {
  const workbench::Case part = rows_of(data, block);
  const int64_t group = group_of(data.problem);
  std::vector<double> values(static_cast<size_t>(group * block.count * maps.cols));
  if (rapt_map(context, &part.problem, &part.args, stage, values.data()) != RAPT_OK) throw std::runtime_error(rapt_last_error());
  for (size_t i = 0; i < maps.heads.size(); ++i) {
    const int64_t in_group = maps.heads[i] - block.g * group;
    if (in_group < 0 || in_group >= group) continue;
    const auto from = values.begin() + in_group * block.count * maps.cols;
    std::copy_n(from, block.count * maps.cols, maps.values.begin() + (static_cast<int64_t>(i) * maps.rows + block.row) * maps.cols);
  }
}

}  // namespace

HeadMaps maps_of(rapt_context* context, const workbench::Case& data, int64_t sequence, const std::vector<int64_t>& heads, int32_t stage,
                 const std::function<void(double done)>& progress) {
  HeadMaps maps{heads, data.lens_q[static_cast<size_t>(sequence)], data.lens_kv[static_cast<size_t>(sequence)], {}};
  refuse_what_is_empty_or_large(data, sequence, maps);
  maps.values.resize(heads.size() * static_cast<size_t>(maps.rows * maps.cols));
  const int64_t group = group_of(data.problem), step = std::max<int64_t>(1, kBlock / (group * maps.cols));
  std::set<int64_t> kv_heads;
  for (int64_t head : heads) kv_heads.insert(head / group);
  double done = 0;
  for (int64_t g : kv_heads) {
    for (int64_t row = 0; row < maps.rows; row += step) {
      const int64_t count = std::min(step, maps.rows - row);
      fill_block(context, data, {sequence, g, row, count}, stage, maps);
      done += static_cast<double>(count) / static_cast<double>(maps.rows * static_cast<int64_t>(kv_heads.size()));
      progress(done);
    }
  }
  return maps;
}

std::vector<Heatmap> heatmaps_of(const HeadMaps& maps, int32_t stage, const std::vector<std::string>& row_labels,
                                 const std::vector<std::string>& col_labels) {
  std::vector<Heatmap> all;
  const int64_t size = maps.rows * maps.cols;
  for (size_t i = 0; i < maps.heads.size(); ++i) {
    Heatmap map;
    map.title = fmt::format("head {}", maps.heads[i]);
    map.rows = maps.rows;
    map.cols = maps.cols;
    const auto begin = maps.values.begin() + static_cast<int64_t>(i) * size;
    map.values.assign(begin, begin + size);
    map.row_labels = row_labels;
    map.col_labels = col_labels;
    fit_range(map);
    if (stage == RAPT_STAGE_WEIGHTS) {
      map.low = 0;
      map.high = map.high > 0 ? map.high : 1;
      map.power = 0.5;
    }
    all.push_back(std::move(map));
  }
  return all;
}

}  // namespace rapt::cli
