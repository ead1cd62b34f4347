// Sizes, names and conversions of elements.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/array.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <cstring>
#include <limits>

#include "workbench/scalar.h"

namespace rapt::cli {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little-endian and their elements are used as they lie");

struct ElementFacts {
  const char* name;
  size_t size;
  rapt_type type;
};
constexpr ElementFacts kElements[] = {
    {"float16", 2, RAPT_F16}, {"bfloat16", 2, RAPT_BF16}, {"float32", 4, RAPT_F32}, {"float64", 8, RAPT_F64}, {"bool", 1, RAPT_BOOL},
    {"int8", 1, RAPT_NONE},   {"int16", 2, RAPT_NONE},    {"int32", 4, RAPT_NONE},  {"int64", 8, RAPT_NONE},  {"uint8", 1, RAPT_NONE},
    {"uint16", 2, RAPT_NONE}, {"uint32", 4, RAPT_NONE},   {"uint64", 8, RAPT_NONE},
};

const ElementFacts& facts(Element element) { return kElements[static_cast<size_t>(element)]; }

template <class T>
T element_at(const Array& array, int64_t index) {
  T value;
  std::memcpy(&value, array.bytes.data() + static_cast<size_t>(index) * sizeof(T), sizeof(T));
  return value;
}

}  // namespace

size_t element_size(Element element) { return facts(element).size; }
std::string element_name(Element element) { return facts(element).name; }
rapt_type rapt_type_of(Element element) { return facts(element).type; }
bool is_floating(Element element) { return element <= Element::f64; }
bool is_integer(Element element) { return element >= Element::i8; }

std::string print_shape(const std::vector<int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

int64_t count_elements(const std::vector<int64_t>& shape, Element element) {
  int64_t bytes = static_cast<int64_t>(element_size(element));
  bool empty = false;
  for (const int64_t n : shape) {
    if (n < 0) return -1;
    if (n == 0) {
      empty = true;
    } else if (__builtin_mul_overflow(bytes, n, &bytes)) {
      return -1;
    }
  }
  return empty ? 0 : bytes / static_cast<int64_t>(element_size(element));
}

int64_t integer_at(const Array& array, int64_t index) {
  switch (array.element) {
    case Element::i8: return element_at<int8_t>(array, index);
    case Element::i16: return element_at<int16_t>(array, index);
    case Element::i32: return element_at<int32_t>(array, index);
    case Element::u8: return element_at<uint8_t>(array, index);
    case Element::u16: return element_at<uint16_t>(array, index);
    case Element::u32: return element_at<uint32_t>(array, index);
    case Element::u64: {
      constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
      const uint64_t value = element_at<uint64_t>(array, index);
      return static_cast<int64_t>(value < kMost ? value : kMost);
    }
    default: return element_at<int64_t>(array, index);
  }
}

void convert(const Array& array, rapt_type type, void* destination) {
  const rapt_type source = rapt_type_of(array.element);
  if (source == type) {
    if (!array.bytes.empty()) std::memcpy(destination, array.bytes.data(), array.bytes.size());
    return;
  }
  const size_t size = element_size(array.element);
  const int64_t count = static_cast<int64_t>(array.bytes.size() / size);
  for (int64_t i = 0; i < count; ++i) {
    alignas(8) std::byte element[8];
    std::memcpy(element, array.bytes.data() + static_cast<size_t>(i) * size, size);
    workbench::store(destination, type, i, workbench::load(element, source, 0));
  }
}

}  // namespace rapt::cli
