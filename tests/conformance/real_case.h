// Attention inputs of a trained model, as stored, with the answers that came with them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/npy.h"
#include "workbench/case.h"

namespace rapt::conformance {

enum class Padding { none, mask, bias, lengths };  // how keys that are not there are told

struct RealCase {
  std::filesystem::path folder;
  std::string name;
  double scale = 0;
  bool causal = false;
  bool o_is_f32 = false;  // o was rounded to save room; everything else is f64
  test::Npy q, k, v;
  std::vector<double> o, lse;  // [batch, heads_q, seqlen_q, head_dim_v], [batch, heads_q, seqlen_q]
  bool padded() const { return std::filesystem::exists(folder / "mask.npy"); }
};

// The cases kept in the tree, and those of RAPT_DATA_DIR/real where that is present: folders with a case.json and q, k, v.
std::vector<std::filesystem::path> real_case_folders();
RealCase load_real_case(const std::filesystem::path& folder);

rapt_type type_of(const test::Npy& array);
// Inputs rounded to `type`; o is of the same type.
workbench::Case case_of(const RealCase& real, rapt_type type, Padding padding);
// True where that rounding changes nothing.
bool holds_exactly(const RealCase& real, rapt_type type);

}  // namespace rapt::conformance
