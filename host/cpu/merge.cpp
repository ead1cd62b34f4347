// o = sum_p exp(lse_p - lse) o_p, lse = ln sum_p exp(lse_p): partial results over disjoint keys become the whole, summed in f64.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "cpu/element.h"
#include "cpu/engine.h"
#include "cpu/float_environment.h"

namespace rapt::cpu {
namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

double read(const void* data, rapt_type type, int64_t index) {
  if (type == RAPT_F16) return of_f16(static_cast<const uint16_t*>(data)[index]);
  if (type == RAPT_BF16) return of_bf16(static_cast<const uint16_t*>(data)[index]);
  return static_cast<const float*>(data)[index];
}
void write(void* data, rapt_type type, int64_t index, double value) {
  const float x = static_cast<float>(value);
  if (type == RAPT_F16) {
    static_cast<uint16_t*>(data)[index] = f16_of(x);
  } else if (type == RAPT_BF16) {
    static_cast<uint16_t*>(data)[index] = bf16_of(x);
  } else {
    static_cast<float*>(data)[index] = x;
  }
}

struct Merge {
  const rapt_partial* parts;
  int32_t count, threads;
  const rapt_partial& result;
};

// Offset of a row of o or lse; a dimension of size 1 may carry any stride.
int64_t offset(const rapt_tensor& t, int64_t b, int64_t h, int64_t i) {
  return (t.shape[0] > 1 ? b * t.strides[0] : 0) + (t.shape[1] > 1 ? h * t.strides[1] : 0) + (t.shape[2] > 1 ? i * t.strides[2] : 0);
}
double lse_of(const rapt_partial& part, int64_t b, int64_t h, int64_t i) {
  return static_cast<const float*>(part.lse_data)[offset(part.lse, b, h, i)];
}

// A part that saw nothing, lse = -inf, adds nothing: exp(-inf) is 0. Where no part saw anything nothing is subtracted from -inf.
void merge_row(const Merge& m, int64_t b, int64_t h, int64_t i) {
  double top = kNothing, sum = 0;
  for (int32_t p = 0; p < m.count; ++p) top = std::max(top, lse_of(m.parts[p], b, h, i));
  const double base = std::isinf(top) ? 0.0 : top;
  for (int32_t p = 0; p < m.count; ++p) sum += std::exp(lse_of(m.parts[p], b, h, i) - base);
  const double lse = sum == 0 ? kNothing : base + std::log(sum);

  const rapt_tensor& o = m.result.o;
  for (int64_t d = 0; d < o.shape[3]; ++d) {
    double value = 0;
    for (int32_t p = 0; p < m.count; ++p) {
      const rapt_partial& part = m.parts[p];
      const double part_lse = lse_of(part, b, h, i);
      if (part_lse == kNothing) continue;
      const double weight = std::exp(part_lse - lse), x = read(part.o_data, part.o.type, offset(part.o, b, h, i) + d);
      value += weight == 0 && !std::isfinite(x) ? x : weight * x;  // too small for f64, and no 0 to an infinity
    }
    write(m.result.o_data, o.type, offset(o, b, h, i) + d, value);
  }
  if (m.result.lse_data != nullptr) static_cast<float*>(m.result.lse_data)[offset(m.result.lse, b, h, i)] = static_cast<float>(lse);
}

void body(void* state, int32_t thread) {
  const DefaultFloatEnvironment environment;
  const Merge& m = *static_cast<const Merge*>(state);
  const rapt_tensor& o = m.result.o;
  const int64_t rows = o.shape[0] * o.shape[1] * o.shape[2];
  for (int64_t row = rows * thread / m.threads; row < rows * (thread + 1) / m.threads; ++row)
    merge_row(m, row / o.shape[2] / o.shape[1], row / o.shape[2] % o.shape[1], row % o.shape[2]);
}

}  // namespace

void merge(const rapt_partial* parts, int32_t count, const rapt_partial& result, const rapt_executor& executor) {
  constexpr int64_t worth_waking = 1 << 14;  // elements
  const int64_t elements = result.o.shape[0] * result.o.shape[1] * result.o.shape[2] * result.o.shape[3] * count;
  Merge m{parts, count, elements < worth_waking ? 1 : executor.threads, result};
  if (m.threads == 1) {
    body(&m, 0);
  } else {
    executor.parallel(executor.user, m.threads, body, &m);
  }
}

}  // namespace rapt::cpu
