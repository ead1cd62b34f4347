// Any bytes as a .npy file: an array whose every element can be read, or BadInput.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/npy.h"

#include <algorithm>
#include <vector>

#include "cli/options.h"
#include "tests/fuzz/promise.h"
#include "tests/fuzz/targets.h"

namespace rapt::fuzz {
namespace {

using cli::Array;

void read_every_element(const Array& array, int64_t count) {
  if (cli::is_integer(array.element)) {
    for (int64_t i = 0; i < count; ++i) static_cast<void>(cli::integer_at(array, i));
    return;
  }
  std::vector<std::byte> converted(static_cast<size_t>(count) * sizeof(double));
  cli::convert(array, cli::is_floating(array.element) ? RAPT_F32 : RAPT_BOOL, converted.data());
}

// Written again and read again it is the same array.
void promise_round_trip(const Array& array) {
  if (array.element == cli::Element::bf16) return;
  const std::string header = cli::npy_header(array.element, array.shape);
  std::vector<std::byte> file(header.size() + array.bytes.size());
  std::transform(header.begin(), header.end(), file.begin(), [](char c) { return static_cast<std::byte>(c); });
  std::copy(array.bytes.begin(), array.bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(header.size()));
  const Array again = cli::parse_npy(file);
  promise(again.element == array.element && again.shape == array.shape, "an array that is written is read again");
  promise(std::equal(again.bytes.begin(), again.bytes.end(), array.bytes.begin(), array.bytes.end()), "its elements are the same");
}

}  // namespace

void npy(const uint8_t* data, size_t size) {
  try {
    const Array array = cli::parse_npy({reinterpret_cast<const std::byte*>(data), size});
    const int64_t count = cli::count_elements(array.shape, array.element);
    promise(count >= 0 && static_cast<size_t>(count) * cli::element_size(array.element) == array.bytes.size(), "a shape has its elements");
    read_every_element(array, count);
    promise_round_trip(array);
  } catch (const cli::BadInput& error) {
    promise(error.what()[0] != '\0', "a refusal says why");
  }
}

}  // namespace rapt::fuzz
