// The attention maps of chosen heads of one sequence, computed by the judge in blocks of rows.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/heatmap.h"
#include "workbench/case.h"

namespace rapt::cli {

struct HeadMaps {
  std::vector<int64_t> heads;  // query heads
  int64_t rows = 0, cols = 0;  // len_q, len_kv of the sequence
  std::vector<double> values;  // [heads, rows, cols]
};

// stage: RAPT_STAGE_*. progress(done) is called now and then with done in [0, 1]. Throws BadInput where the sequence is empty or the maps
// are larger than 2 GiB, std::runtime_error with the judge's sentence where it refuses.
HeadMaps maps_of(rapt_context* context, const workbench::Case& data, int64_t sequence, const std::vector<int64_t>& heads, int32_t stage,
                 const std::function<void(double done)>& progress);

// One heatmap a head, "head 5". Weights: from 0 to the head's largest, small ones lifted; scores: from each head's smallest to its largest.
std::vector<Heatmap> heatmaps_of(const HeadMaps& maps, int32_t stage, const std::vector<std::string>& row_labels,
                                 const std::vector<std::string>& col_labels);

}  // namespace rapt::cli
