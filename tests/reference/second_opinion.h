// Attention once more, written from the contract alone and by another method: long double, one pass, log-sum-exp merged key by key.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tests/reference/attention.h"

namespace rapt::test {

struct Opinion {
  std::vector<long double> o, lse;  // as Answer, unrounded; 0 in rows past a length
  Values bound_o, bound_lse;        // what rapt_error_bound should say, for o_type and lse_type
  Values map[4];                    // as Map, by stage
};
Opinion second_opinion(const Attention& attention);

}  // namespace rapt::test
