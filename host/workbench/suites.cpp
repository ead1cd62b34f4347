// Suites by name, and random problems: sizes around edges, any feature with any other.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/suites.h"

#include <algorithm>
#include <stdexcept>

#include "workbench/random.h"
#include "workbench/suite_lists.h"

namespace rapt::workbench {
namespace {

constexpr double kMostWork = 150000;  // multiply-adds over all pairs, visible or not: about a millisecond of the reference
constexpr double kMostTileWork = 1500000;

template <class T, size_t N>
T one_of(Random& random, const T (&choices)[N]) {
  return choices[random.below(static_cast<int64_t>(N))];
}

// An edge of a tile, or one beside it.
int64_t near_an_edge(Random& random, int64_t most) {
  const int64_t edges[] = {0, 1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 512, 1024};
  const int64_t edge = one_of(random, edges);
  return std::clamp<int64_t>(edge + random.between(-1, 1), 0, most);
}

std::string random_pattern(Random& random) {
  std::string pattern = "bhqk";
  for (char& dim : pattern) {
    if (random.chance(0.35)) dim = '1';
  }
  return pattern;
}

void draw_types(Random& random, Problem& p) {
  const rapt_type types[] = {RAPT_F32, RAPT_F16, RAPT_BF16};
  p.q_type = p.k_type = p.v_type = p.o_type = one_of(random, types);
  if (random.chance(0.25)) p.k_type = p.v_type = one_of(random, types);
  if (random.chance(0.1)) p.v_type = one_of(random, types);
  if (random.chance(0.25)) p.o_type = one_of(random, types);
}

void draw_shape(Random& random, Problem& p) {
  const int64_t groups[] = {1, 1, 1, 2, 3, 4, 5, 7, 8, 16},
                sizes[] = {1, 7, 8, 16, 17, 32, 33, 40, 59, 64, 72, 80, 96, 111, 128, 160, 192, 256};
  p.batch = random.chance(0.5) ? 1 : random.between(2, 6);
  p.heads_kv = random.between(1, 3);
  p.heads_q = p.heads_kv * one_of(random, groups);
  p.head_dim = one_of(random, sizes);
  p.head_dim_v = random.chance(0.8) ? p.head_dim : one_of(random, sizes);
  p.seqlen_q = random.chance(0.35) ? random.between(1, 4) : near_an_edge(random, 300);
  p.seqlen_kv = random.chance(0.3) ? p.seqlen_q : near_an_edge(random, 1200);
}

void shrink(Problem& p, double most_work) {
  const auto work = [&p] {
    const int64_t keys = std::max<int64_t>(p.seqlen_kv, 8);  // rows cost even where there are no keys
    return static_cast<double>(p.batch * p.heads_q * (p.head_dim + p.head_dim_v)) * static_cast<double>(p.seqlen_q * keys);
  };
  while (work() > most_work) {
    if (p.batch > 2) {
      --p.batch;
    } else if (p.heads_q > 8 && p.heads_kv > 1) {
      p.heads_q -= p.heads_q / p.heads_kv;
      --p.heads_kv;
    } else if (p.seqlen_q > 1 && p.seqlen_q > p.seqlen_kv / 4) {
      p.seqlen_q -= (p.seqlen_q + 7) / 8;
    } else {
      p.seqlen_kv -= (p.seqlen_kv + 7) / 8;
    }
  }
}

void draw_tile_types(Random& random, Problem& p) {
  const rapt_type types[] = {RAPT_F16, RAPT_BF16, RAPT_F32};
  p.q_type = p.k_type = p.v_type = p.o_type = one_of(random, types);
  if (random.chance(0.1)) p.o_type = RAPT_F32;
}

void draw_tile_shape(Random& random, Problem& p) {
  const int64_t groups[] = {1, 1, 2, 4, 5, 8}, compiled[] = {64, 80, 96, 128, 192, 256},
                lengths[] = {64, 112, 128, 176, 192, 256, 320, 384, 512};
  p.batch = random.chance(0.6) ? 1 : random.between(2, 4);
  p.heads_kv = random.between(1, 2);
  p.heads_q = p.heads_kv * one_of(random, groups);
  p.head_dim = p.head_dim_v = random.chance(0.8) ? one_of(random, compiled) : random.between(1, 256);
  if (random.chance(0.15)) p.head_dim = 192, p.head_dim_v = 128;
  p.seqlen_q = random.chance(0.3) ? random.between(1, 16) : one_of(random, lengths) + random.between(-1, 1);
  p.seqlen_kv = random.chance(0.3) ? p.seqlen_q : one_of(random, lengths) + random.between(-1, 1);
}

void draw_visibility(Random& random, Problem& p) {
  p.causal = random.chance(0.4);
  const int64_t alignment = random.below(10);
  if (alignment == 8) p.align = RAPT_ALIGN_TOP_LEFT;
  if (alignment == 9) {
    p.align = RAPT_ALIGN_OFFSET;
    p.offset = random.between(-p.seqlen_q - 2, p.seqlen_kv + 2);
  }
  if (random.chance(0.2)) p.window_left = random.chance(0.2) ? 0 : near_an_edge(random, 300);
  if (random.chance(0.15)) p.window_right = random.chance(0.2) ? 0 : near_an_edge(random, 300);
  if (random.chance(0.15)) p.mask = random_pattern(random);
  const std::string spreads[] = {"full", "random", "edges"};
  if (random.chance(0.4)) p.lengths = one_of(random, spreads);
}

void draw_scores(Random& random, Problem& p) {
  const float caps[] = {0.5F, 2.0F, 30.0F};
  const double scales[] = {0.0, -0.5, 1.0, 0.01, 1.2};
  const rapt_type types[] = {RAPT_F32, RAPT_F16, RAPT_BF16};
  const std::string distributions[] = {"normal", "peaked", "outliers", "equal", "large", "uniform"};
  if (random.chance(0.15)) p.softcap = one_of(random, caps);
  if (random.chance(0.15)) p.scale = one_of(random, scales);
  if (random.chance(0.15)) {
    p.bias = random_pattern(random);
    p.bias_type = one_of(random, types);
  }
  p.alibi = random.chance(0.1);
  p.alibi_per_batch = p.alibi && random.chance(0.5);
  p.sinks = random.chance(0.15);
  p.lse = random.chance(0.85);
  p.lse_base2 = p.lse && random.chance(0.1);
  if (random.chance(0.4)) p.distribution = one_of(random, distributions);
}

void draw_layout(Random& random, Problem& p) {
  const Problem::Layout orders[] = {Problem::Layout::bhsd, Problem::Layout::bshd, Problem::Layout::strided};
  const int32_t kv_layouts[] = {RAPT_KV_DENSE, RAPT_KV_RAGGED, RAPT_KV_BLOCK_TABLE, RAPT_KV_PAGE_LIST, RAPT_KV_PAGE_POINTERS};
  const int64_t page_sizes[] = {1, 2, 3, 7, 16, 33, 64};
  p.layout = one_of(random, orders);
  p.ragged_q = random.chance(0.25);
  if (random.chance(0.5)) p.kv_layout = one_of(random, kv_layouts);
  if (p.kv_layout != RAPT_KV_DENSE && p.kv_layout != RAPT_KV_RAGGED) p.page_size = one_of(random, page_sizes);
}

}  // namespace

std::vector<std::string> suite_names() { return {"tiny", "smoke", "full"}; }

std::vector<Problem> suite(const std::string& name) {
  if (name == "tiny") return tiny_suite();
  if (name == "smoke") return smoke_suite();
  if (name == "full") return full_suite();
  throw std::invalid_argument("suite \"" + name + "\" is unknown; it is tiny, smoke or full");
}

Problem random_problem(uint64_t seed) {
  Random random(seed_of({seed, 'r'}));
  Problem p;
  p.seed = seed;
  draw_types(random, p);
  draw_shape(random, p);
  shrink(p, kMostWork);
  draw_visibility(random, p);
  draw_scores(random, p);
  draw_layout(random, p);
  return p;
}

Problem random_tile_problem(uint64_t seed) {
  Random random(seed_of({seed, 't'}));
  Problem p;
  p.seed = seed;
  draw_tile_types(random, p);
  draw_tile_shape(random, p);
  shrink(p, kMostTileWork);
  draw_visibility(random, p);
  draw_scores(random, p);
  if (random.chance(0.6)) draw_layout(random, p);
  return p;
}

}  // namespace rapt::workbench
