// Pairs in closed form, so that a million rows cost no loop.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/roofline.h"

#include <algorithm>
#include <cmath>

namespace rapt::gpu {
namespace {

// Sum over rows i of [0, rows) of i + c, held within [0, keys].
double ends(double rows, double keys, double c) {
  const double low = std::clamp(-c, 0.0, rows), high = std::clamp(keys - c, low, rows);
  return (high - low) * c + (high * (high - 1) - low * (low - 1)) / 2 + keys * (rows - high);
}

// Pairs that row i sees of keys [i + offset - left, i + offset + right].
double visible_pairs(const rapt_problem& p) {
  const auto rows = static_cast<double>(p.max_seqlen_q), keys = static_cast<double>(p.max_seqlen_kv);
  const double offset = p.align == RAPT_ALIGN_OFFSET ? static_cast<double>(p.offset) : p.align == RAPT_ALIGN_TOP_LEFT ? 0 : keys - rows;
  double right = p.window_right < 0 ? keys + rows : static_cast<double>(p.window_right);
  if (p.window_right < 0 && p.causal == 0) right += std::abs(offset);
  if (p.causal != 0) right = std::min(right, 0.0);
  const double end = ends(rows, keys, offset + right + 1);
  return p.window_left < 0 ? end : end - ends(rows, keys, offset - static_cast<double>(p.window_left));
}

// Of elements that differ: a dimension that is broadcast has stride 0.
double bytes_of(const rapt_tensor& t) {
  if (t.type == RAPT_NONE) return 0;
  auto bytes = static_cast<double>(rapt_type_size(t.type));
  for (int d = 0; d < 4; ++d) {
    if (t.strides[d] != 0 || t.shape[d] == 0) bytes *= static_cast<double>(t.shape[d]);
  }
  return bytes;
}

// Of keys or values: a cache may hold more than the sequences are long.
double bytes_of_cache(const rapt_problem& p, const rapt_tensor& t) {
  const double all = bytes_of(t), row = static_cast<double>(t.shape[3] * static_cast<int64_t>(rapt_type_size(t.type)));
  const double needed = static_cast<double>(p.batch) * static_cast<double>(p.max_seqlen_kv) * static_cast<double>(t.shape[1]) * row;
  return p.kv_layout == RAPT_KV_PAGE_POINTERS ? needed : std::min(all, needed);  // pointers: the tensor describes one page
}

}  // namespace

Work work_of(const rapt_problem& p) {
  const double heads = static_cast<double>(p.batch) * static_cast<double>(p.q.shape[1]);
  Work work = {2 * visible_pairs(p) * heads * static_cast<double>(p.q.shape[3] + p.v.shape[3]), 0};
  for (const rapt_tensor* tensor : {&p.q, &p.o, &p.lse, &p.mask, &p.bias, &p.alibi, &p.sinks}) work.bytes += bytes_of(*tensor);
  work.bytes += bytes_of_cache(p, p.k) + bytes_of_cache(p, p.v);
  return work;
}

}  // namespace rapt::gpu
