// Reads a .safetensors header as strictly as its specification: nothing overlaps, nothing is left over, nothing is guessed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/options.h"

namespace rapt::cli {
namespace {

using nlohmann::json;

constexpr size_t kPrefix = 8;                     // bytes of the header's length
constexpr uint64_t kLongestHeader = 100'000'000;  // bytes; the limit of the reference implementation
constexpr int kDeepest = 2;                       // file { tensor { shape [ numbers ] } }: arrays begin at depth 2
constexpr size_t kMostDimensions = 32;

[[noreturn]] void refuse_header(const std::string& what) {
  throw BadInput(fmt::format("its .safetensors header {}; write the file with a safetensors library", what));
}

// Text of the file as it may be shown on a terminal.
std::string printable(const std::string& text) {
  std::string shown = text.substr(0, 60);
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

struct NamedElement {
  const char* name;
  Element element;
};
constexpr NamedElement kNames[] = {
    {"F16", Element::f16}, {"BF16", Element::bf16}, {"F32", Element::f32}, {"F64", Element::f64}, {"BOOL", Element::boolean},
    {"I8", Element::i8},   {"I16", Element::i16},   {"I32", Element::i32}, {"I64", Element::i64}, {"U8", Element::u8},
    {"U16", Element::u16}, {"U32", Element::u32},   {"U64", Element::u64},
};

// The JSON document; refused while it is read where it is too deep or names a key twice.
json parse_header(const char* begin, const char* end) {
  std::vector<std::set<std::string>> keys;  // of each open object
  const auto watch = [&keys](int depth, json::parse_event_t event, json& parsed) {
    if ((event == json::parse_event_t::object_start || event == json::parse_event_t::array_start) && depth > kDeepest) {
      refuse_header("is nested deeper than a list in a tensor");
    }
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
      refuse_header(fmt::format("has the key '{}' twice", printable(parsed.get<std::string>())));
    }
    return true;
  };
  try {
    return json::parse(begin, end, watch);
  } catch (const json::exception&) {
    refuse_header("is not JSON");
  }
}

Element parse_dtype(const std::string& name, const json& tensor) {
  if (!tensor.contains("dtype") || !tensor["dtype"].is_string()) refuse_header(fmt::format("gives tensor '{}' no dtype", name));
  const std::string dtype = tensor["dtype"].get<std::string>();
  for (const auto& [known, element] : kNames) {
    if (dtype == known) return element;
  }
  throw BadInput(fmt::format("its tensor '{}' has the dtype '{}', which is unknown here; save F32, F16, BF16, F64, BOOL or integers", name,
                             printable(dtype)));
}

std::vector<int64_t> parse_numbers(const std::string& name, const json& tensor, const char* key) {
  if (!tensor.contains(key) || !tensor[key].is_array()) refuse_header(fmt::format("gives tensor '{}' no {}", name, key));
  std::vector<int64_t> numbers;
  for (const json& number : tensor[key]) {
    if (!number.is_number_unsigned() || number.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX) || numbers.size() == kMostDimensions) {
      refuse_header(fmt::format("gives tensor '{}' a {} that is not a short list of sizes", name, key));
    }
    numbers.push_back(number.get<int64_t>());
  }
  return numbers;
}

struct Span {
  int64_t begin, end;  // bytes after the header
  std::string name;
  bool operator<(const Span& other) const { return begin != other.begin ? begin < other.begin : end < other.end; }
};

// One entry of the header: its array, and which bytes it claims.
Array parse_tensor(const std::string& name, const json& tensor, Bytes data, Span& span) {
  if (!tensor.is_object()) refuse_header(fmt::format("describes tensor '{}' by something that is no object", name));
  if (tensor.size() != 3) refuse_header(fmt::format("gives tensor '{}' keys other than dtype, shape and data_offsets", name));
  Array array;
  array.element = parse_dtype(name, tensor);
  array.shape = parse_numbers(name, tensor, "shape");
  const std::vector<int64_t> offsets = parse_numbers(name, tensor, "data_offsets");
  if (offsets.size() != 2) refuse_header(fmt::format("gives tensor '{}' {} data_offsets, not 2", name, offsets.size()));
  span = {offsets[0], offsets[1], name};
  if (span.begin > span.end) refuse_header(fmt::format("ends tensor '{}' before it begins", name));
  if (span.end > static_cast<int64_t>(data.size())) {
    refuse_header(fmt::format("ends tensor '{}' at byte {}, but only {} follow", name, span.end, data.size()));
  }
  const int64_t count = count_elements(array.shape, array.element);
  if (count < 0) refuse_header(fmt::format("gives tensor '{}' a shape whose size overflows", name));
  const int64_t bytes = count * static_cast<int64_t>(element_size(array.element));
  if (bytes != span.end - span.begin) {
    refuse_header(
        fmt::format("gives tensor '{}' {} bytes, but its shape {} needs {}", name, span.end - span.begin, print_shape(array.shape), bytes));
  }
  array.bytes = data.subspan(static_cast<size_t>(span.begin), static_cast<size_t>(bytes));
  return array;
}

void require_full_coverage(std::vector<Span>& spans, size_t bytes) {
  std::sort(spans.begin(), spans.end());
  int64_t covered = 0;
  for (const Span& span : spans) {
    if (span.begin != covered) {
      refuse_header(fmt::format("begins tensor '{}' at byte {}, but the one before ends at {}", span.name, span.begin, covered));
    }
    covered = span.end;
  }
  if (covered != static_cast<int64_t>(bytes)) refuse_header(fmt::format("covers {} bytes, but {} follow", covered, bytes));
}

}  // namespace

std::map<std::string, Array> parse_safetensors(Bytes file) {
  if (file.size() < kPrefix) refuse_header(fmt::format("is cut off after {} bytes", file.size()));
  uint64_t length = 0;
  std::memcpy(&length, file.data(), kPrefix);
  if (length > kLongestHeader) refuse_header(fmt::format("says it is {} bytes long, more than the {} allowed", length, kLongestHeader));
  if (length > file.size() - kPrefix) {
    refuse_header(fmt::format("says it is {} bytes long, but only {} follow", length, file.size() - kPrefix));
  }
  const char* begin = reinterpret_cast<const char*>(file.data()) + kPrefix;
  if (length == 0 || *begin != '{') refuse_header("does not begin with '{'");
  const json header = parse_header(begin, begin + length);
  const Bytes data = file.subspan(kPrefix + length);
  std::map<std::string, Array> tensors;
  std::vector<Span> spans;
  for (const auto& [name, tensor] : header.items()) {
    if (name == "__metadata__") continue;
    Span span;
    tensors.emplace(name, parse_tensor(printable(name), tensor, data, span));
    spans.push_back(span);
  }
  require_full_coverage(spans, data.size());
  return tensors;
}

std::string safetensors_header(const std::map<std::string, Array>& tensors) {
  json header = json::object();
  size_t offset = 0;
  for (const auto& [name, array] : tensors) {
    const auto is_same = [&array = array](const NamedElement& named) { return named.element == array.element; };
    header[name] = {{"dtype", std::find_if(std::begin(kNames), std::end(kNames), is_same)->name},
                    {"shape", array.shape},
                    {"data_offsets", {offset, offset + array.bytes.size()}}};
    offset += array.bytes.size();
  }
  std::string text = header.dump();
  text.resize((text.size() + kPrefix - 1) / kPrefix * kPrefix, ' ');  // so that the tensors begin aligned
  const uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), kPrefix) + text;
}

}  // namespace rapt::cli
