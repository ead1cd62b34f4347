// Scores, windows and pages, from the words of the header to those of the kernels.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/fill.h"

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace rapt::gpu {
namespace {

using namespace kernels;

PairTensor pair_tensor(const rapt_tensor& t, const void* data) {
  if (t.type == RAPT_NONE) return {};
  return {data, t.strides[0], t.strides[1], t.strides[2], t.strides[3]};
}

float within_f32(double x) { return static_cast<float>(std::min(x, double{FLT_MAX})); }

int saturated(int64_t keys) { return static_cast<int>(std::clamp<int64_t>(keys, kUnboundedFirst, kUnboundedEnd)); }

}  // namespace

// A scale so small that it vanishes in f32 is 0: then Q is taken as 0 and the scores need none.
void fill_scores(const rapt_problem& p, const rapt_args& args, ForwardParams& params) {
  params.scale_log2 = static_cast<float>(std::abs(p.scale) * std::numbers::log2e);
  params.q_factor = params.scale_log2 == 0 ? 0.0f : p.scale < 0 ? -1.0f : 1.0f;
  if (params.q_factor == 0) params.scale_log2 = 1.0f;
  params.lse_unit = p.lse_base2 ? 1.0f : static_cast<float>(std::numbers::ln2);

  ScoreTerms& terms = params.terms;
  terms.scale_log2 = params.scale_log2;
  if (p.softcap > 0) {
    terms.softcap_log2 = static_cast<float>(p.softcap * std::numbers::log2e);
    terms.scale_over_cap = within_f32(params.q_factor == 0 ? 1.0 : std::abs(p.scale) / p.softcap);
  }
  terms.bias = pair_tensor(p.bias, args.bias);
  terms.bias_type = p.bias.type == RAPT_F16 ? BiasType::f16 : p.bias.type == RAPT_BF16 ? BiasType::bf16 : BiasType::f32;
  terms.mask = pair_tensor(p.mask, args.mask);
  if (p.alibi.type != RAPT_NONE) terms.alibi = static_cast<const float*>(args.alibi);
  terms.alibi_batch_stride = p.alibi.strides[0];
  terms.alibi_head_stride = p.alibi.strides[1];
  terms.alibi_offset = p.align == RAPT_ALIGN_OFFSET ? p.offset : 0;
  if (p.sinks.type != RAPT_NONE) terms.sinks = static_cast<const float*>(args.sinks);
  terms.sink_stride = p.sinks.strides[1];
  terms.any = terms.softcap_log2 > 0 || terms.bias.data != nullptr || terms.alibi != nullptr || terms.sinks != nullptr ? 1 : 0;
  if (terms.any) params.scale_log2 = 1.0f;  // scores come to the exponent in units of log2
}

void fill_window(const rapt_problem& p, ForwardParams& params) {
  const int64_t offset = p.align == RAPT_ALIGN_OFFSET ? p.offset : 0;
  const int64_t right = p.causal ? 0 : p.window_right;
  params.window.bottom_right = p.align == RAPT_ALIGN_BOTTOM_RIGHT ? 1 : 0;
  params.window.first = p.window_left < 0 ? kUnboundedFirst : saturated(offset - p.window_left);
  params.window.end = right < 0 ? kUnboundedEnd : saturated(offset + right + 1);
}

void fill_pages(const rapt_problem& p, const rapt_args& args, ForwardParams& params) {
  if (p.kv_layout == RAPT_KV_DENSE || p.kv_layout == RAPT_KV_RAGGED) return;
  Pages& pages = params.pages;
  const auto size = static_cast<uint64_t>(p.k.shape[2]);
  pages.size = static_cast<int>(size);
  pages.shift = std::has_single_bit(size) ? std::countr_zero(size) : -1;
  pages.count = static_cast<int>(std::min<int64_t>(p.k.shape[0], INT32_MAX));
  if (p.kv_layout == RAPT_KV_PAGE_LIST) {
    pages.table = args.kv_indices;
    pages.starts = args.kv_indptr;
    pages.sequences = static_cast<int>(p.batch);
    pages.last_page_len = args.kv_last_page_len;
    return;
  }
  pages.table_stride = p.table_stride;
  pages.table = args.block_table;
  pages.k_pages = args.k_pages;
  pages.v_pages = args.v_pages;
}

}  // namespace rapt::gpu
