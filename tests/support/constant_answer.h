// What a fake engine answers: one number everywhere, in any layout.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "workbench/case.h"
#include "workbench/scalar.h"

namespace rapt::workbench {

// Writes `value` to every element of o and lse that belongs to a row, in the case's layout.
inline void answer(const Case& c, const rapt_args& args, double value) {
  for (const auto& [tensor, data] : {std::pair{c.problem.o, args.o}, std::pair{c.problem.lse, args.lse}}) {
    if (tensor.type == RAPT_NONE) continue;
    for (size_t b = 0; b < c.lens_q.size(); ++b) {
      for (int64_t h = 0; h < tensor.shape[1]; ++h) {
        for (int64_t i = 0; i < c.lens_q[b]; ++i) {
          for (int64_t d = 0; d < tensor.shape[3]; ++d) {
            store(data, tensor.type, query_row(c, tensor, static_cast<int64_t>(b), h, i) + d, value);
          }
        }
      }
    }
  }
}

}  // namespace rapt::workbench
