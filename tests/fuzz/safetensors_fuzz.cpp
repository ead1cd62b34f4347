// Any bytes as a .safetensors file: tensors that lie inside it and cover it, or BadInput.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/safetensors.h"

#include <algorithm>
#include <vector>

#include "cli/options.h"
#include "tests/fuzz/promise.h"
#include "tests/fuzz/targets.h"

namespace rapt::fuzz {
namespace {

using Tensors = std::map<std::string, cli::Array>;

void promise_inside(const Tensors& tensors, cli::Bytes file) {
  size_t covered = 0;
  for (const auto& [name, array] : tensors) {
    const int64_t count = cli::count_elements(array.shape, array.element);
    promise(count >= 0 && static_cast<size_t>(count) * cli::element_size(array.element) == array.bytes.size(), "a shape has its elements");
    promise(array.bytes.data() >= file.data() && array.bytes.data() + array.bytes.size() <= file.data() + file.size(),
            "a tensor lies inside");
    covered += array.bytes.size();
    if (!cli::is_integer(array.element)) continue;
    for (int64_t i = 0; i < count; ++i) static_cast<void>(cli::integer_at(array, i));
  }
  promise(covered <= file.size(), "tensors do not overlap");
}

void promise_round_trip(const Tensors& tensors) {
  const std::string header = cli::safetensors_header(tensors);
  std::vector<std::byte> file(header.size());
  std::transform(header.begin(), header.end(), file.begin(), [](char c) { return static_cast<std::byte>(c); });
  for (const auto& [name, array] : tensors) file.insert(file.end(), array.bytes.begin(), array.bytes.end());
  const Tensors again = cli::parse_safetensors(file);
  promise(again.size() == tensors.size(), "tensors that are written are read again");
  for (const auto& [name, array] : tensors) {
    const cli::Array& twin = again.at(name);
    promise(twin.element == array.element && twin.shape == array.shape, "with their types and shapes");
    promise(std::equal(twin.bytes.begin(), twin.bytes.end(), array.bytes.begin(), array.bytes.end()), "and their elements");
  }
}

}  // namespace

void safetensors(const uint8_t* data, size_t size) {
  const cli::Bytes file = {reinterpret_cast<const std::byte*>(data), size};
  try {
    const Tensors tensors = cli::parse_safetensors(file);
    promise_inside(tensors, file);
    promise_round_trip(tensors);
  } catch (const cli::BadInput& error) {
    promise(error.what()[0] != '\0', "a refusal says why");
  }
}

}  // namespace rapt::fuzz
