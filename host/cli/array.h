// An array as files hold it: an element type, a shape, and its elements row-major, little-endian, without gaps.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace rapt::cli {

using Bytes = std::span<const std::byte>;

enum class Element { f16, bf16, f32, f64, boolean, i8, i16, i32, i64, u8, u16, u32, u64 };

size_t element_size(Element element);       // bytes
std::string element_name(Element element);  // "float32", "bool", "int64", ...: numpy's words
rapt_type rapt_type_of(Element element);    // RAPT_NONE for integers
bool is_floating(Element element);
bool is_integer(Element element);  // not bool

struct Array {
  Element element = Element::f32;
  std::vector<int64_t> shape;         // outermost first; empty: one element
  Bytes bytes;                        // elements, of any alignment; into `owner`, or into the span that was parsed
  std::shared_ptr<const void> owner;  // keeps `bytes` alive; empty while they belong to the parsed span
};

std::string print_shape(const std::vector<int64_t>& shape);  // "[1,2,3]"

// Elements of a shape, or -1 where a dimension is negative or the bytes would not fit in 63 bits (zeros do not hide an overflow).
int64_t count_elements(const std::vector<int64_t>& shape, Element element);

// Element `index` of an integer array.
int64_t integer_at(const Array& array, int64_t index);

// Elements as `type` (f32, f16, bf16, f64, bool), rounded to nearest even; the array is floating, or bool for bool.
void convert(const Array& array, rapt_type type, void* destination);

}  // namespace rapt::cli
