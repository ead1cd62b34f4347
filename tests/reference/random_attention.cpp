// Each feature is drawn on its own, so that a few thousand seeds cover their combinations.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/reference/random_attention.h"

#include <limits>

#include "tests/reference/bits.h"

namespace rapt::test {
namespace {

class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}
  int64_t number(int64_t from, int64_t to) { return std::uniform_int_distribution<int64_t>(from, to)(random_); }
  bool chance(int64_t one_in) { return number(1, one_in) == 1; }
  double normal() { return std::normal_distribution<double>()(random_); }
  rapt_type type() { return static_cast<rapt_type>(number(RAPT_F32, RAPT_F64)); }
  std::mt19937_64& engine() { return random_; }

 private:
  std::mt19937_64 random_;
};

Shape pattern(Draw& draw, const Attention& a) {
  const Shape full{a.batch, a.heads_q, a.seqlen_q, a.seqlen_kv};
  Shape shape{};
  for (size_t d = 0; d < 4; ++d) shape[d] = draw.chance(3) ? 1 : full[d];
  return shape;
}

size_t count(const Shape& shape) { return static_cast<size_t>(shape[0] * shape[1] * shape[2] * shape[3]); }

void draw_sizes(Draw& draw, Attention& a) {
  a.batch = draw.number(1, 3);
  a.heads_kv = draw.number(1, 2);
  a.heads_q = a.heads_kv * draw.number(1, 3);
  a.seqlen_q = draw.number(1, 9);
  a.seqlen_kv = draw.number(1, 21);
  a.head_dim = draw.number(1, 17);
  a.head_dim_v = draw.number(1, 9);
  a.q_type = draw.type(), a.k_type = draw.type(), a.v_type = draw.type();
}

void draw_rules(Draw& draw, Attention& a) {
  rapt_problem& rules = a.rules;
  rules.causal = draw.chance(2);
  rules.align = static_cast<int32_t>(draw.number(0, 2));
  if (rules.align == RAPT_ALIGN_OFFSET) rules.offset = draw.number(-5, 15);
  if (draw.chance(3)) rules.window_left = draw.number(0, 9);
  if (draw.chance(3)) rules.window_right = draw.number(0, 9);
  if (draw.chance(3)) rules.softcap = static_cast<float>(draw.number(1, 40)) / 8;
  if (draw.chance(2)) rules.has_scale = 1, rules.scale = draw.normal();
  rules.lse_base2 = draw.chance(4);
}

void draw_terms(Draw& draw, Attention& a) {
  if (draw.chance(3)) {
    a.mask_shape = pattern(draw, a);
    for (size_t n = 0; n < count(a.mask_shape); ++n) a.mask.push_back(draw.chance(3) ? 0 : static_cast<uint8_t>(draw.number(1, 255)));
  }
  if (draw.chance(3)) {
    a.bias_shape = pattern(draw, a);
    a.bias_type = draw.type();
    for (size_t n = 0; n < count(a.bias_shape); ++n) a.bias.push_back(draw.chance(5) ? -HUGE_VAL : nearest(draw.normal(), a.bias_type));
  }
  if (draw.chance(4)) {
    const int64_t rows = draw.chance(2) ? 1 : a.batch;
    for (int64_t n = 0; n < rows * a.heads_q; ++n) a.alibi.push_back(draw.normal());
  }
  if (draw.chance(4)) {
    for (int64_t n = 0; n < a.heads_q; ++n) a.sinks.push_back(4 * draw.normal());
  }
}

void draw_layout(Draw& draw, Attention& a) {
  Layout& layout = a.layout;
  layout.rows_outside_heads = draw.chance(2);
  layout.gap = draw.chance(2) ? draw.number(1, 3) : 0;
  layout.q_layout = draw.chance(3) ? RAPT_Q_RAGGED : RAPT_Q_DENSE;
  layout.kv_layout = static_cast<int32_t>(draw.number(0, 4));
  layout.page_size = draw.number(1, 6);
  layout.page_order = static_cast<uint64_t>(draw.number(1, 1000));
  layout.last_page_len = layout.kv_layout == RAPT_KV_PAGE_LIST && draw.chance(2);
  if (draw.chance(2)) {
    for (int64_t b = 0; b < a.batch; ++b) a.lens_q.push_back(static_cast<int32_t>(draw.number(0, a.seqlen_q)));
  }
  if (draw.chance(2)) {
    for (int64_t b = 0; b < a.batch; ++b) a.lens_kv.push_back(static_cast<int32_t>(draw.number(0, a.seqlen_kv)));
  }
}

}  // namespace

Attention random_attention(uint64_t seed) {
  Draw draw(seed);
  Attention a;
  draw_sizes(draw, a);
  fill_normal(a, draw.engine());
  draw_rules(draw, a);
  draw_terms(draw, a);
  draw_layout(draw, a);
  return a;
}

}  // namespace rapt::test
