// An FMA loop that nothing but the multipliers limits, and a sum that nothing but the loads limits, compiled for every instruction set.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "workbench/ceilings_loops.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

#include "workbench/ceilings_loops.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::workbench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Twelve chains x = x * factor + addend. Latency times rate of the FMA units is 8 on Zen 2-5 and Intel, 10 on older ones, and twelve
// accumulators and two constants still fit sixteen registers. A converging x (factor < 1) never meets subnormals or infinity.
double fma_chains(int64_t rounds, float factor, float addend, float* sink) {
  const hn::ScalableTag<float> d;
  const auto f = hn::Set(d, factor);
  const auto a = hn::Set(d, addend);
  auto x0 = hn::Set(d, 1.0f), x1 = hn::Set(d, 1.1f), x2 = hn::Set(d, 1.2f), x3 = hn::Set(d, 1.3f);
  auto x4 = hn::Set(d, 1.4f), x5 = hn::Set(d, 1.5f), x6 = hn::Set(d, 1.6f), x7 = hn::Set(d, 1.7f);
  auto x8 = hn::Set(d, 1.8f), x9 = hn::Set(d, 1.9f), x10 = hn::Set(d, 2.0f), x11 = hn::Set(d, 2.1f);
  for (int64_t round = 0; round < rounds; ++round) {
    x0 = hn::MulAdd(x0, f, a), x1 = hn::MulAdd(x1, f, a), x2 = hn::MulAdd(x2, f, a), x3 = hn::MulAdd(x3, f, a);
    x4 = hn::MulAdd(x4, f, a), x5 = hn::MulAdd(x5, f, a), x6 = hn::MulAdd(x6, f, a), x7 = hn::MulAdd(x7, f, a);
    x8 = hn::MulAdd(x8, f, a), x9 = hn::MulAdd(x9, f, a), x10 = hn::MulAdd(x10, f, a), x11 = hn::MulAdd(x11, f, a);
  }
  const auto s0 = hn::Add(hn::Add(x0, x1), hn::Add(x2, x3));
  const auto s1 = hn::Add(hn::Add(x4, x5), hn::Add(x6, x7));
  const auto s2 = hn::Add(hn::Add(x8, x9), hn::Add(x10, x11));
  *sink = hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), s2)));
  return 2.0 * 12 * static_cast<double>(hn::Lanes(d)) * static_cast<double>(rounds);
}

// Four streams side by side, each a quarter of the data, two accumulators a stream.
float sum_streams(const float* data, int64_t count) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), quarter = count / 4;
  const float *p0 = data, *p1 = data + quarter, *p2 = data + 2 * quarter, *p3 = data + 3 * quarter;
  auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  for (int64_t i = 0; i < quarter; i += 2 * lanes) {
    s0 = hn::Add(s0, hn::LoadU(d, p0 + i)), t0 = hn::Add(t0, hn::LoadU(d, p0 + i + lanes));
    s1 = hn::Add(s1, hn::LoadU(d, p1 + i)), t1 = hn::Add(t1, hn::LoadU(d, p1 + i + lanes));
    s2 = hn::Add(s2, hn::LoadU(d, p2 + i)), t2 = hn::Add(t2, hn::LoadU(d, p2 + i + lanes));
    s3 = hn::Add(s3, hn::LoadU(d, p3 + i)), t3 = hn::Add(t3, hn::LoadU(d, p3 + i + lanes));
  }
  const auto s = hn::Add(hn::Add(s0, s1), hn::Add(s2, s3));
  const auto t = hn::Add(hn::Add(t0, t1), hn::Add(t2, t3));
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(s, t)));
}

}  // namespace rapt::workbench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <stdexcept>

namespace rapt::workbench {
namespace {

#if HWY_ARCH_X86
// As many chains as a register file of 32 allows: latency times rate is 12 to 16. Highway 1.0 has no such instruction.
__attribute__((target("avx512f,avx512bf16"))) double bf16_chains(int64_t rounds, float* sink) {
  constexpr int kChains = 24;
  const __m512bh ones = (__m512bh)_mm512_set1_epi32(0x3F803F80);
  __m512 x[kChains];
#pragma GCC unroll 24
  for (int i = 0; i < kChains; ++i) x[i] = _mm512_set1_ps(static_cast<float>(i));
  for (int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 24
    for (int i = 0; i < kChains; ++i) x[i] = _mm512_dpbf16_ps(x[i], ones, ones);
  }
#pragma GCC unroll 24
  for (int i = 1; i < kChains; ++i) x[0] = _mm512_add_ps(x[0], x[i]);
  *sink = _mm512_reduce_add_ps(x[0]);
  return 4.0 * 16 * kChains * static_cast<double>(rounds);
}
bool has_bf16_dot() { return __builtin_cpu_supports("avx512bf16") != 0; }
#else
constexpr double (*bf16_chains)(int64_t, float*) = nullptr;
bool has_bf16_dot() { return false; }
#endif

// Best first; nullptr where this compiler or architecture has none. The last row runs everywhere.
constexpr CeilingLoops kLoops[] = {
    {"avx512_bf16", HWY_AVX3, HWY_CHOOSE_AVX3(fma_chains), bf16_chains, HWY_CHOOSE_AVX3(sum_streams)},
    {"avx512", HWY_AVX3, HWY_CHOOSE_AVX3(fma_chains), nullptr, HWY_CHOOSE_AVX3(sum_streams)},
    {"avx2", HWY_AVX2, HWY_CHOOSE_AVX2(fma_chains), nullptr, HWY_CHOOSE_AVX2(sum_streams)},
    {"sse4", HWY_SSE4, HWY_CHOOSE_SSE4(fma_chains), nullptr, HWY_CHOOSE_SSE4(sum_streams)},
    {"neon", HWY_NEON, HWY_CHOOSE_NEON(fma_chains), nullptr, HWY_CHOOSE_NEON(sum_streams)},
    {"scalar", 0, HWY_CHOOSE_FALLBACK(fma_chains), nullptr, HWY_CHOOSE_FALLBACK(sum_streams)},
};

}  // namespace

const CeilingLoops& ceiling_loops(const std::string& isa) {
  const int64_t supported = hwy::SupportedTargets();
  bool reached = isa.empty();
  for (const CeilingLoops& loops : kLoops) {
    reached = reached || isa == loops.isa;
    if (loops.bf16 != nullptr && !has_bf16_dot()) continue;
    if (reached && loops.fma != nullptr && (loops.target == 0 || (loops.target & supported) != 0)) return loops;
  }
  throw std::invalid_argument("no instruction set is called '" + isa + "': use avx512_bf16, avx512, avx2, sse4, neon or scalar");
}

}  // namespace rapt::workbench
#endif  // HWY_ONCE
