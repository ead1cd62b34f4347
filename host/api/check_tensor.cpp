// Refusals about one tensor on its own: its type, shape, strides and buffer.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/check_tensor.h"

#include <algorithm>
#include <cinttypes>
#include <utility>

#include "api/names.h"
#include "api/status.h"

namespace rapt::api {
namespace {

// Beyond any address space, and small enough that sums of positions, offsets and windows stay within int64.
constexpr int64_t kMaxDimension = int64_t{1} << 48;
constexpr uint64_t kMaxBytes = INT64_MAX;

struct Allowed {
  unsigned types;  // bit t: type t
  const char* names;
};
constexpr unsigned bit(rapt_type type) { return 1u << type; }
constexpr unsigned kPartialTypes = bit(RAPT_F32) | bit(RAPT_F16) | bit(RAPT_BF16);

Allowed allowed(Types types) {
  switch (types) {
    case Types::kFloating:
      return {kPartialTypes | bit(RAPT_F64), "RAPT_F32, RAPT_F16, RAPT_BF16 or RAPT_F64"};
    case Types::kPartial:
      return {kPartialTypes, "RAPT_F32, RAPT_F16 or RAPT_BF16"};
    case Types::kWide:
      return {bit(RAPT_F32) | bit(RAPT_F64), "RAPT_F32 (RAPT_F64 for the reference engine)"};
    case Types::kF32:
      return {bit(RAPT_F32), "RAPT_F32"};
    case Types::kBool:
      break;
  }
  return {bit(RAPT_BOOL), "RAPT_BOOL, one byte an element; numbers to add to the scores are a bias"};
}

rapt_status check_type(const char* name, rapt_type type, Types types) {
  const Allowed may_be = allowed(types);
  if (type < RAPT_NONE || type > RAPT_I8) {
    return fail(RAPT_INVALID_ARGUMENT, "%s.type is %d, which is no rapt_type; use %s", name, type, may_be.names);
  }
  if ((may_be.types & bit(type)) != 0) return RAPT_OK;
  if (type == RAPT_NONE)
    return fail(RAPT_INVALID_ARGUMENT, "%s is absent (%s.type is RAPT_NONE); set its type to %s", name, name, may_be.names);
  const bool planned = types != Types::kBool && type >= RAPT_E4M3;
  return fail(planned ? RAPT_UNSUPPORTED : RAPT_INVALID_ARGUMENT, "%s.type is %s%s; use %s", name, type_name(type),
              planned ? ", for which there is no kernel yet" : "", may_be.names);
}

rapt_status check_shape_and_strides(const char* name, const rapt_tensor& tensor) {
  for (int d = 0; d < 4; ++d) {
    const int64_t size = tensor.shape[d], stride = tensor.strides[d];
    if (size < 0) {
      return fail(RAPT_INVALID_ARGUMENT, "%s.shape[%d] is %" PRId64 "; give the number of elements, 0 or more", name, d, size);
    }
    if (size > kMaxDimension) {
      return fail(RAPT_INVALID_ARGUMENT, "%s.shape[%d] is %" PRId64 "; a dimension has at most 2^48 elements", name, d, size);
    }
    if (size == 1) continue;
    if (stride < 0) {
      return fail(RAPT_INVALID_ARGUMENT, "%s.strides[%d] is %" PRId64 "; strides count elements forward, 0 or more: copy a reversed tensor",
                  name, d, stride);
    }
    if (d == 3 && stride != 1) {
      return fail(RAPT_INVALID_ARGUMENT,
                  "%s.strides[3] is %" PRId64 "; the innermost dimension must be contiguous (stride 1): copy or permute the tensor", name,
                  stride);
    }
  }
  return RAPT_OK;
}

// Bytes from the first element to the end of the furthest; false where they, or the bytes of all elements, do not fit an int64.
bool extent_bytes(const rapt_tensor& tensor, uint64_t& bytes) {
  const uint64_t element = rapt_type_size(tensor.type);
  uint64_t furthest = 0, count = 1, step = 0;
  for (int d = 0; d < 4; ++d) {
    const uint64_t size = static_cast<uint64_t>(tensor.shape[d]);
    const uint64_t stride = size == 1 ? 0 : static_cast<uint64_t>(tensor.strides[d]);
    if (size > 1 && (__builtin_mul_overflow(size - 1, stride, &step) || __builtin_add_overflow(furthest, step, &furthest))) return false;
    if (size > 0 && __builtin_mul_overflow(count, size, &count)) return false;
  }
  uint64_t all = 0;
  if (__builtin_mul_overflow(count, element, &all) || all > kMaxBytes) return false;
  if (furthest >= kMaxBytes || __builtin_mul_overflow(furthest + 1, element, &bytes) || bytes > kMaxBytes) return false;
  if (is_empty(tensor)) bytes = 0;
  return true;
}

rapt_status check_extent(const char* name, const rapt_tensor& tensor) {
  uint64_t needed = 0;
  if (!extent_bytes(tensor, needed)) {
    return fail(RAPT_INVALID_ARGUMENT, "%s.shape %s with strides %s overflows 63 bits of bytes; give the sizes and strides in elements",
                name, ShapeText(tensor.shape).text, ShapeText(tensor.strides).text);
  }
  if (tensor.bytes < 0) {
    return fail(RAPT_INVALID_ARGUMENT, "%s.bytes is %" PRId64 "; give the size of its buffer, or 0 if unknown", name, tensor.bytes);
  }
  if (tensor.bytes > 0 && static_cast<uint64_t>(tensor.bytes) < needed) {
    return fail(RAPT_INVALID_ARGUMENT,
                "%s.bytes is %" PRId64 ", but shape %s with strides %s ends at byte %" PRIu64 "; correct them or give a larger buffer",
                name, tensor.bytes, ShapeText(tensor.shape).text, ShapeText(tensor.strides).text, needed);
  }
  return RAPT_OK;
}

}  // namespace

bool is_empty(const rapt_tensor& tensor) { return std::find(tensor.shape, tensor.shape + 4, 0) != tensor.shape + 4; }

rapt_status check_tensor(const char* name, const rapt_tensor& tensor, Types types) {
  rapt_status status = check_type(name, tensor.type, types);
  if (status == RAPT_OK && tensor.reserved != 0) {
    status = fail(RAPT_INVALID_ARGUMENT, "%s.reserved is %d; set it to 0", name, tensor.reserved);
  }
  if (status == RAPT_OK) status = check_shape_and_strides(name, tensor);
  if (status == RAPT_OK) status = check_extent(name, tensor);
  return status;
}

rapt_status check_absent(const char* name, const rapt_tensor& tensor) {
  const bool described = std::any_of(tensor.shape, tensor.shape + 4, [](int64_t size) { return size != 0; });
  if (described || tensor.bytes != 0) {
    return fail(RAPT_INVALID_ARGUMENT,
                "%s.type is RAPT_NONE but its shape is %s and its bytes %" PRId64 "; set the type, or zero the tensor", name,
                ShapeText(tensor.shape).text, tensor.bytes);
  }
  if (tensor.reserved != 0) return fail(RAPT_INVALID_ARGUMENT, "%s.reserved is %d; set it to 0", name, tensor.reserved);
  return RAPT_OK;
}

// Sorted by stride, each dimension must step over everything that the smaller ones cover. This refuses some interleavings that would not
// collide; every permuted, padded or sliced row-major layout passes.
rapt_status check_no_overlap(const char* name, const rapt_tensor& tensor) {
  if (is_empty(tensor)) return RAPT_OK;
  int order[4] = {3, 2, 1, 0};
  std::sort(order, order + 4, [&](int a, int b) { return tensor.strides[a] < tensor.strides[b]; });
  int64_t covered = 1;  // elements from the first to the end of the furthest, of the dimensions so far
  for (const int d : order) {
    if (tensor.shape[d] == 1) continue;
    if (tensor.strides[d] < covered) {
      return fail(RAPT_INVALID_ARGUMENT,
                  "%s.strides[%d] is %" PRId64 ", but the dimensions within it cover %" PRId64
                  " elements: its elements would overlap or interleave; give each element of an output its own place",
                  name, d, tensor.strides[d], covered);
    }
    covered += (tensor.shape[d] - 1) * tensor.strides[d];
  }
  return RAPT_OK;
}

void normalise(rapt_tensor& tensor) {
  if (tensor.type == RAPT_NONE) {
    tensor = rapt_tensor{};
    return;
  }
  for (int d = 0; d < 4; ++d) {
    if (tensor.shape[d] == 1) tensor.strides[d] = 0;
  }
}

}  // namespace rapt::api
