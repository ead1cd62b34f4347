// The refusals about lengths and offsets, each naming the entry that is wrong.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/lengths.h"

#include <fmt/format.h>

#include <limits>

#include "cli/options.h"

namespace rapt::cli {
namespace {

constexpr int64_t kMostInt32 = std::numeric_limits<int32_t>::max();

void require_whole_numbers(const Input& input) {
  if (input.array.element == Element::i32 || input.array.element == Element::i64) return;
  throw BadInput(fmt::format("{}: its type is {}; save int32 or int64", input.option, element_name(input.array.element)));
}

}  // namespace

std::vector<int64_t> read_lengths(const Input& input, int64_t batch, int64_t most, const std::string& what) {
  require_whole_numbers(input);
  if (input.array.shape != std::vector<int64_t>{batch}) {
    throw BadInput(fmt::format("{}: its shape is {}; give one length for each of the {} sequences, [{}]", input.option,
                               print_shape(input.array.shape), batch, batch));
  }
  std::vector<int64_t> lengths;
  for (int64_t b = 0; b < batch; ++b) {
    const int64_t length = integer_at(input.array, b);
    if (length < 0) throw BadInput(fmt::format("{}: length {} is {}; a length cannot be negative", input.option, b, length));
    if (length > most) throw BadInput(fmt::format("{}: length {} is {}, past {}; shorten it", input.option, b, length, what));
    if (length > kMostInt32) throw BadInput(fmt::format("{}: length {} is {}; it must fit in 31 bits", input.option, b, length));
    lengths.push_back(length);
  }
  return lengths;
}

std::vector<int64_t> read_offsets(const Input& input, int64_t total, const std::string& tensor) {
  require_whole_numbers(input);
  if (input.array.shape.size() != 1 || input.array.shape[0] < 1) {
    throw BadInput(fmt::format("{}: its shape is {}; give one offset more than there are sequences, [B+1]", input.option,
                               print_shape(input.array.shape)));
  }
  if (total > kMostInt32) throw BadInput(fmt::format("{}: {} has {} rows; pack at most {}", input.option, tensor, total, kMostInt32));
  const int64_t last = input.array.shape[0] - 1;
  std::vector<int64_t> lengths;
  for (int64_t b = 0; b <= last; ++b) {
    const int64_t offset = integer_at(input.array, b), before = b > 0 ? integer_at(input.array, b - 1) : 0;
    if (b == 0 && offset != 0) throw BadInput(fmt::format("{}: offset 0 is {}; the first must be 0", input.option, offset));
    if (offset < before) {
      throw BadInput(fmt::format("{}: offset {} is {}, below the {} before it; offsets never go down", input.option, b, offset, before));
    }
    if (b == last && offset != total) {
      throw BadInput(fmt::format("{}: offset {} is {}; the last must be {}, the rows of {}", input.option, b, offset, total, tensor));
    }
    if (b > 0) lengths.push_back(offset - before);
  }
  return lengths;
}

workbench::Buffer int32_buffer(const std::vector<int64_t>& values) {
  workbench::Buffer buffer(values.size() * sizeof(int32_t));
  for (size_t i = 0; i < values.size(); ++i) buffer.as<int32_t>()[i] = static_cast<int32_t>(values[i]);
  return buffer;
}

workbench::Buffer offsets_buffer(const std::vector<int64_t>& lengths) {
  std::vector<int64_t> offsets(1, 0);
  for (const int64_t length : lengths) offsets.push_back(offsets.back() + length);
  return int32_buffer(offsets);
}

}  // namespace rapt::cli
