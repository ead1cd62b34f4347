// Maximum, exp2 by a polynomial, and sum, with the widest vectors of the machine.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/softmax_rows.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

#include "bench/softmax_rows.h"

HWY_BEFORE_NAMESPACE();
namespace rapt::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// 2^x for x <= 0, relative error below 2e-7: x = n + f with |f| <= 1/2, the Taylor polynomial of 2^f to degree 6, n added to the exponent.
template <class D>
hn::Vec<D> exp2_below_zero(D d, hn::Vec<D> x) {
  const hn::RebindToSigned<D> di;
  x = hn::Max(x, hn::Set(d, -126.0f));
  const auto n = hn::Round(x);
  const auto f = hn::Sub(x, n);
  auto p = hn::Set(d, 1.5403530e-4f);
  p = hn::MulAdd(p, f, hn::Set(d, 1.3333558e-3f));
  p = hn::MulAdd(p, f, hn::Set(d, 9.6181291e-3f));
  p = hn::MulAdd(p, f, hn::Set(d, 5.5504109e-2f));
  p = hn::MulAdd(p, f, hn::Set(d, 2.4022651e-1f));
  p = hn::MulAdd(p, f, hn::Set(d, 6.9314718e-1f));
  p = hn::MulAdd(p, f, hn::Set(d, 1.0f));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(hn::ConvertTo(di, n))));
}

float row_max(const float* s, int64_t count) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  if (count < lanes) {
    float max = s[0];
    for (int64_t i = 1; i < count; ++i) max = s[i] > max ? s[i] : max;
    return max;
  }
  const auto last = hn::LoadU(d, s + count - lanes);
  auto m0 = last, m1 = last;
  int64_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) m0 = hn::Max(m0, hn::LoadU(d, s + i)), m1 = hn::Max(m1, hn::LoadU(d, s + i + lanes));
  if (i + lanes <= count) m0 = hn::Max(m0, hn::LoadU(d, s + i));
  return hn::GetLane(hn::MaxOfLanes(d, hn::Max(m0, m1)));
}

float exponentiate(float* s, int64_t count) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto log2e = hn::Set(d, 1.44269504f), max = hn::Set(d, row_max(s, count));
  auto sum0 = hn::Zero(d), sum1 = hn::Zero(d);
  int64_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    const auto p0 = exp2_below_zero(d, hn::Mul(hn::Sub(hn::LoadU(d, s + i), max), log2e));
    const auto p1 = exp2_below_zero(d, hn::Mul(hn::Sub(hn::LoadU(d, s + i + lanes), max), log2e));
    hn::StoreU(p0, d, s + i), hn::StoreU(p1, d, s + i + lanes);
    sum0 = hn::Add(sum0, p0), sum1 = hn::Add(sum1, p1);
  }
  float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(sum0, sum1)));
  const hn::CappedTag<float, 1> one;
  for (; i < count; ++i) {
    s[i] = hn::GetLane(exp2_below_zero(one, hn::Mul(hn::Set(one, s[i] - hn::GetLane(max)), hn::Set(one, 1.44269504f))));
    sum += s[i];
  }
  return sum;
}

void scale(float* s, int64_t count, float factor) {
  for (int64_t i = 0; i < count; ++i) s[i] *= factor;
}

}  // namespace rapt::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rapt::bench {
namespace {
HWY_EXPORT(exponentiate);
HWY_EXPORT(scale);
}  // namespace

float exponentiate_row(float* s, int64_t count) { return HWY_DYNAMIC_DISPATCH(exponentiate)(s, count); }

void scale_row(float* s, int64_t count, float factor) { HWY_DYNAMIC_DISPATCH(scale)(s, count, factor); }

}  // namespace rapt::bench
#endif  // HWY_ONCE
