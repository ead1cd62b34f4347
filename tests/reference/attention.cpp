// Runs a logical problem through the C API and brings its answers back into logical order.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/reference/attention.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "tests/reference/bits.h"
#include "tests/reference/pack.h"

namespace rapt::test {
namespace {

struct Plan {
  rapt_plan* plan = nullptr;
  ~Plan() { rapt_plan_destroy(plan); }
};

// Reads an output back and counts the bytes that are no longer poison though no row owns them.
Values gather(const Attention& attention, const Packed& packed, const rapt_tensor& tensor, const void* data, int64_t* foreign) {
  const int64_t dim = tensor.shape[3], size = static_cast<int64_t>(rapt_type_size(tensor.type));
  Values values(static_cast<size_t>(attention.batch * attention.heads_q * attention.seqlen_q * dim), std::nan(""));
  const auto* bytes = static_cast<const uint8_t*>(data);
  std::vector<uint8_t> owned(static_cast<size_t>(extent(tensor) * size), 0);
  for (int64_t b = 0; b < attention.batch; ++b) {
    for (int64_t h = 0; h < attention.heads_q; ++h) {
      for (int64_t i = 0; i < attention.len_q(b); ++i) {
        const int64_t row = row_of_q(packed, tensor, b, h, i);
        std::memset(owned.data() + row * size, 1, static_cast<size_t>(dim * size));
        double* out = values.data() + ((b * attention.heads_q + h) * attention.seqlen_q + i) * dim;
        for (int64_t d = 0; d < dim; ++d) out[d] = take(data, row + d, tensor.type);
      }
    }
  }
  for (size_t n = 0; n < owned.size(); ++n) *foreign += owned[n] == 0 && bytes[n] != 0xFF ? 1 : 0;
  return values;
}

// From the order of rapt_error_bound (o's shape without gaps) into logical order.
Values unpack_bound(const Attention& attention, const Packed& packed, const Values& bound, int64_t dim) {
  const rapt_tensor shape = rapt_dense(RAPT_F64, packed.problem.o.shape[0], attention.heads_q, packed.problem.o.shape[2], dim);
  Values values(static_cast<size_t>(attention.batch * attention.heads_q * attention.seqlen_q * dim), 0.0);
  for (int64_t b = 0; b < attention.batch; ++b) {
    for (int64_t h = 0; h < attention.heads_q; ++h) {
      for (int64_t i = 0; i < attention.len_q(b); ++i) {
        const double* from = bound.data() + row_of_q(packed, shape, b, h, i);
        std::copy(from, from + dim, values.data() + ((b * attention.heads_q + h) * attention.seqlen_q + i) * dim);
      }
    }
  }
  return values;
}

}  // namespace

rapt_context* context(int32_t threads) {
  static rapt_context* contexts[9] = {};
  rapt_context*& context = contexts[threads];
  if (context == nullptr) {
    rapt_context_options options = RAPT_CONTEXT_OPTIONS_INIT;
    options.threads = threads;
    if (rapt_context_create(&options, &context) != RAPT_OK) std::fprintf(stderr, "%s\n", rapt_last_error()), std::abort();
  }
  return context;
}

Attention single(int64_t seqlen_q, int64_t seqlen_kv, int64_t head_dim, int64_t head_dim_v) {
  Attention attention;
  attention.seqlen_q = seqlen_q;
  attention.seqlen_kv = seqlen_kv;
  attention.head_dim = head_dim;
  attention.head_dim_v = head_dim_v;
  allocate(attention);
  return attention;
}

void allocate(Attention& attention) {
  attention.q.assign(static_cast<size_t>(attention.batch * attention.heads_q * attention.seqlen_q * attention.head_dim), 0.0);
  attention.k.assign(static_cast<size_t>(attention.batch * attention.heads_kv * attention.seqlen_kv * attention.head_dim), 0.0);
  attention.v.assign(static_cast<size_t>(attention.batch * attention.heads_kv * attention.seqlen_kv * attention.head_dim_v), 0.0);
}

void fill_normal(Attention& attention, std::mt19937_64& random) {
  allocate(attention);
  std::normal_distribution<double> normal;
  for (double& value : attention.q) value = nearest(normal(random), attention.q_type);
  for (double& value : attention.k) value = nearest(normal(random), attention.k_type);
  for (double& value : attention.v) value = nearest(normal(random), attention.v_type);
}

Answer run(const Attention& attention, Packed& packed, int32_t engine, int32_t threads) {
  Answer answer;
  Plan plan;
  packed.problem.engine = engine;
  answer.status = rapt_plan_create(context(threads), &packed.problem, &plan.plan);
  if (answer.status == RAPT_OK) {
    const size_t bytes = rapt_plan_workspace(plan.plan);
    void* workspace = bytes == 0 ? nullptr : std::aligned_alloc(256, (bytes + 255) / 256 * 256);
    if (workspace != nullptr) std::memset(workspace, 0xFF, bytes);
    answer.status = rapt_run(plan.plan, &packed.args, workspace, bytes, nullptr);
    std::free(workspace);
  }
  if (answer.status != RAPT_OK) answer.message = rapt_last_error();
  answer.o = gather(attention, packed, packed.problem.o, packed.args.o, &answer.foreign);
  if (attention.lse_type != RAPT_NONE) answer.lse = gather(attention, packed, packed.problem.lse, packed.args.lse, &answer.foreign);
  return answer;
}

Answer run(const Attention& attention, int32_t engine, int32_t threads) {
  Packed packed;
  pack(attention, packed);
  return run(attention, packed, engine, threads);
}

Map map(const Attention& attention, int32_t stage) {
  Packed packed;
  pack(attention, packed);
  Map map;
  map.values.assign(static_cast<size_t>(attention.batch * attention.heads_q * attention.seqlen_q * attention.seqlen_kv), std::nan(""));
  map.status = rapt_map(context(2), &packed.problem, &packed.args, stage, map.values.data());
  return map;
}

Bounds bounds(const Attention& attention) {
  Packed packed;
  pack(attention, packed);
  const rapt_problem& problem = packed.problem;
  const auto rows = static_cast<size_t>(problem.o.shape[0] * problem.o.shape[1] * problem.o.shape[2]);
  Values o(rows * static_cast<size_t>(attention.head_dim_v), std::nan("")), lse(rows, std::nan(""));
  Bounds bounds;
  bounds.status = rapt_error_bound(context(2), &problem, &packed.args, o.data(), lse.data());
  bounds.o = unpack_bound(attention, packed, o, attention.head_dim_v);
  bounds.lse = unpack_bound(attention, packed, lse, 1);
  return bounds;
}

}  // namespace rapt::test
