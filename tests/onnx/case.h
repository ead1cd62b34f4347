// A case of ONNX's operator Attention (opset 23 and 24) as a problem of Rapt's.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/npy.h"

namespace rapt::test {

// One folder: q k v and, where the case has them, attn_mask past_key past_value nonpad_kv_seqlen; the goldens y present_key present_value
// qk_matmul_output; case.json with the node's attributes. The description and the pointers live as long as the case and do not move with
// it.
struct OnnxCase {
  std::string name;
  rapt_problem problem = RAPT_PROBLEM_INIT;  // o is y; no lse
  rapt_args args = RAPT_ARGS_INIT;           // o is NULL

  Npy q, y;
  Npy k, v;  // 4-D with the past: [batch, heads_kv, past + seqlen_kv, head_dim]
  std::optional<Npy> present_key, present_value, qk_matmul_output;
  int32_t stage = RAPT_STAGE_SCALED;  // of qk_matmul_output
  Npy mask;                           // padded with "hidden" to the width of the keys
  std::vector<int32_t> seqlens_kv;

  OnnxCase() = default;
  OnnxCase(const OnnxCase&) = delete;
  OnnxCase& operator=(const OnnxCase&) = delete;
};

void load_onnx_case(const std::filesystem::path& folder, OnnxCase& onnx);
// Folders with a case.json, by name; empty where the directory is absent.
std::vector<std::string> onnx_case_names(const std::filesystem::path& directory);

}  // namespace rapt::test
