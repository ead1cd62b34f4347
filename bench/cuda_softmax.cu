// One block a row: the greatest score and the sum of exponentials in one pass, the weights in a second.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "bench/cuda_softmax.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>

namespace rapt::bench {
namespace {

constexpr int kThreads = 256, kWarps = kThreads / 32;

__device__ float widen(__nv_bfloat16 x) { return __bfloat162float(x); }
__device__ float widen(__half x) { return __half2float(x); }
__device__ void narrow(float x, __nv_bfloat16& out) { out = __float2bfloat16_rn(x); }
__device__ void narrow(float x, __half& out) { out = __float2half_rn(x); }

struct Running {
  float max, sum;  // sum of exp(s - max)
};

__device__ Running joined(Running a, Running b) {
  const float max = fmaxf(a.max, b.max);
  if (max == -INFINITY) return {max, 0};
  return {max, a.sum * __expf(a.max - max) + b.sum * __expf(b.max - max)};
}

__device__ Running over_block(Running mine) {
  __shared__ Running of_warp[kWarps];
  for (int step = 16; step > 0; step /= 2)
    mine = joined(mine, {__shfl_xor_sync(~0u, mine.max, step), __shfl_xor_sync(~0u, mine.sum, step)});
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = mine;
  __syncthreads();
  Running all = of_warp[0];
  for (int warp = 1; warp < kWarps; ++warp) all = joined(all, of_warp[warp]);
  return all;
}

template <class T>
__global__ void softmax_row(T* s, int64_t seqlen_q, int64_t seqlen_kv, int64_t back, int64_t ahead) {
  const int64_t i = blockIdx.x % seqlen_q;
  T* row = s + static_cast<int64_t>(blockIdx.x) * seqlen_kv;
  const int64_t first = max(i - back, int64_t{0}), end = min(i + ahead + 1, seqlen_kv);
  Running mine = {-INFINITY, 0};
  for (int64_t j = first + threadIdx.x; j < end; j += kThreads) mine = joined(mine, {widen(row[j]), 1});
  const Running all = over_block(mine);
  const float scale = all.sum > 0 ? 1 / all.sum : 0;
  for (int64_t j = threadIdx.x; j < seqlen_kv; j += kThreads)
    narrow(j >= first && j < end ? __expf(widen(row[j]) - all.max) * scale : 0.0f, row[j]);
}

template <class T>
void launch(const ScoreRows& r) {
  softmax_row<<<static_cast<unsigned>(r.rows), kThreads>>>(static_cast<T*>(r.s), r.seqlen_q, r.seqlen_kv, r.back, r.ahead);
}

}  // namespace

int softmax_on_device(const ScoreRows& rows) {
  rows.type == RAPT_BF16 ? launch<__nv_bfloat16>(rows) : launch<__half>(rows);
  return static_cast<int>(cudaGetLastError());
}

}  // namespace rapt::bench
