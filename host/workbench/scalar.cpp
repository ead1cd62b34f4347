// Elements as doubles: 16-bit formats by their bits, so that one rounding is one rounding.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/scalar.h"

#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>

namespace rapt::workbench {
namespace {

double half_to_double(uint16_t bits) {
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  const int exponent = (bits >> 10) & 0x1F;
  const int fraction = bits & 0x3FF;
  if (exponent == 0x1F) return fraction != 0 ? std::nan("") : sign * HUGE_VAL;
  if (exponent == 0) return sign * fraction * 0x1p-24;
  const uint64_t magnitude = (static_cast<uint64_t>(exponent - 15 + 1023) << 52) | (static_cast<uint64_t>(fraction) << 42);
  return sign * std::bit_cast<double>(magnitude);
}

double bfloat_to_double(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

// Rounds to nearest even into a 16-bit format of 1 sign, kExponent and kFraction bits, straight from the 53 bits of a double.
template <int kExponent, int kFraction>
uint16_t narrow(double value) {
  constexpr int kBias = (1 << (kExponent - 1)) - 1;
  constexpr uint64_t kInfinity = ((uint64_t{1} << kExponent) - 1) << kFraction;
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const auto sign = static_cast<uint16_t>((bits >> 48) & 0x8000);
  if (std::isnan(value)) return static_cast<uint16_t>(sign | kInfinity | (uint64_t{1} << (kFraction - 1)));
  if (std::isinf(value)) return static_cast<uint16_t>(sign | kInfinity);
  const int exponent = static_cast<int>((bits >> 52) & 0x7FF) - 1023 + kBias;
  const int shift = 52 - kFraction + (exponent > 0 ? 0 : 1 - exponent);
  if (shift > 53) return sign;  // below half of the smallest subnormal
  const uint64_t significand = (bits & ((uint64_t{1} << 52) - 1)) | (uint64_t{1} << 52);
  const uint64_t rest = significand & ((uint64_t{1} << shift) - 1), half = uint64_t{1} << (shift - 1);
  uint64_t rounded = significand >> shift;
  if (rest > half || (rest == half && (rounded & 1) != 0)) ++rounded;
  if (exponent > 0) rounded += static_cast<uint64_t>(exponent - 1) << kFraction;  // the hidden bit adds one to the exponent
  return static_cast<uint16_t>(sign | (rounded < kInfinity ? rounded : kInfinity));
}

[[noreturn]] void refuse(rapt_type type) {
  throw std::invalid_argument("elements of type " + std::to_string(type) + " cannot be read as numbers here");
}

}  // namespace

double load(const void* data, rapt_type type, int64_t index) {
  switch (type) {
    case RAPT_F32:
      return static_cast<const float*>(data)[index];
    case RAPT_F16:
      return half_to_double(static_cast<const uint16_t*>(data)[index]);
    case RAPT_BF16:
      return bfloat_to_double(static_cast<const uint16_t*>(data)[index]);
    case RAPT_F64:
      return static_cast<const double*>(data)[index];
    case RAPT_BOOL:
      return static_cast<const unsigned char*>(data)[index] != 0 ? 1.0 : 0.0;
    default:
      refuse(type);
  }
}

void store(void* data, rapt_type type, int64_t index, double value) { store_row(data, type, index, &value, 1); }

void store_row(void* data, rapt_type type, int64_t index, const double* values, int64_t count) {
  const auto each = [&](auto* elements, auto convert) {
    for (int64_t i = 0; i < count; ++i) elements[index + i] = convert(values[i]);
  };
  switch (type) {
    case RAPT_F32:
      return each(static_cast<float*>(data), [](double value) { return static_cast<float>(value); });
    case RAPT_F16:
      return each(static_cast<uint16_t*>(data), narrow<5, 10>);
    case RAPT_BF16:
      return each(static_cast<uint16_t*>(data), narrow<8, 7>);
    case RAPT_F64:
      return each(static_cast<double*>(data), [](double value) { return value; });
    case RAPT_BOOL:
      return each(static_cast<unsigned char*>(data), [](double value) { return static_cast<unsigned char>(value != 0); });
    default:
      refuse(type);
  }
}

int64_t offset_of(const rapt_tensor& tensor, int64_t i0, int64_t i1, int64_t i2, int64_t i3) {
  const int64_t index[4] = {i0, i1, i2, i3};
  int64_t offset = 0;
  for (int dim = 0; dim < 4; ++dim) {
    if (tensor.shape[dim] != 1) offset += index[dim] * tensor.strides[dim];
  }
  return offset;
}

int64_t extent(const rapt_tensor& tensor) {
  int64_t last = 0;
  for (int dim = 0; dim < 4; ++dim) {
    if (tensor.shape[dim] == 0) return 0;
    if (tensor.shape[dim] != 1) last += (tensor.shape[dim] - 1) * tensor.strides[dim];
  }
  return last + 1;
}

}  // namespace rapt::workbench
