// A problem as one line of text: TYPE:SHAPE[:SEMANTICS][:LAYOUT], printed by every tool and accepted by every tool.
//   bf16:b4,hq32,hkv8,sq1,sk8192,d128:causal=br,win=-1:-1,cap=0:page16
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>
#include <optional>
#include <string>

namespace rapt::workbench {

// TYPE       one type for all, or q/k/v/o: "f32", "f32/f16/bf16/f32"
// SHAPE      b1,hq1,hkv(=hq),sq,sk(=sq),d,dv(=d)
// SEMANTICS  causal=br|tl|OFFSET  align=tl|OFFSET (without causal)  win=L:R  cap=C  scale=S  mask=PATTERN  bias=PATTERN[/TYPE]
//            alibi[=batch]  sinks  nolse  lse2  invariant  lens=SPREAD  data=DISTRIBUTION  seed=N
// LAYOUT     bhsd (default), bshd, strided (gaps after every dimension), ragged, pageN, listN, pointersN (N = page_size), comma-separated.
//            ragged is q, and k and v too unless they are paged; raggedq is q beside dense k and v, raggedkv k and v beside dense q
struct Problem {
  rapt_type q_type = RAPT_F32, k_type = RAPT_F32, v_type = RAPT_F32, o_type = RAPT_F32;
  int64_t batch = 1, heads_q = 1, heads_kv = 1, seqlen_q = 1, seqlen_kv = 1, head_dim = 1, head_dim_v = 1;

  bool causal = false;
  int32_t align = RAPT_ALIGN_BOTTOM_RIGHT;
  int64_t offset = 0;
  int64_t window_left = -1, window_right = -1;
  float softcap = 0;
  std::optional<double> scale;
  std::string mask, bias;  // broadcast pattern of "bhqk", a 1 for each dimension that is broadcast: "bhqk", "111k", "b1qk"; empty: absent
  rapt_type bias_type = RAPT_F32;
  bool alibi = false, alibi_per_batch = false, sinks = false, lse = true, lse_base2 = false, batch_invariant = false;

  // How lengths are drawn per sequence, from the seed. "full": all seqlen; "random": 0..seqlen; "edges": 0, 1, seqlen in turn
  std::string lengths = "full";
  // "normal", "peaked" (4 N(0,1)), "outliers" (N(0,1) + 10 N(0,1) Bernoulli(0.001)), "equal", "large" (+-), "uniform" [0,1)
  std::string distribution = "normal";
  uint64_t seed = 1;

  enum class Layout { bhsd, bshd, strided } layout = Layout::bhsd;
  bool ragged_q = false;
  int32_t kv_layout = RAPT_KV_DENSE;
  int64_t page_size = 0;

  bool operator==(const Problem&) const = default;
};

// Throws std::invalid_argument with a sentence that names the part and says what is allowed.
Problem parse_problem(const std::string& text);
// The shortest text that parses to the same problem: parts at their default are left out.
std::string print_problem(const Problem& problem);

rapt_type parse_type(const std::string& name);  // "f32", "f16", "bf16", "f64"; throws likewise
std::string print_type(rapt_type type);

// Multiply-adds are two operations; only visible (row, key) pairs of full lengths count: 2 (D + Dv) per pair.
double flops(const Problem& problem);
// Bytes of q, k, v and o touched once, at full lengths.
double unique_bytes(const Problem& problem);

}  // namespace rapt::workbench
