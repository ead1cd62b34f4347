// Reads and writes .npy headers (a Python dictionary of three keys) and brings the elements into row-major order.
// Format: NumPy Enhancement Proposal 1 and numpy.lib.format.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "cli/options.h"

namespace rapt::cli {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kMostDimensions = 32;  // NumPy's own limit

[[noreturn]] void refuse_header(const std::string& what) {
  throw BadInput(fmt::format("its .npy header {}; write the file with numpy.save", what));
}

struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<int64_t> shape;
};

// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }: exactly these keys, in any order.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : rest_(text) {}

  Header read() {
    Header header;
    bool seen[3] = {};
    expect('{');
    while (!accept('}')) {
      const std::string key = read_string();
      expect(':');
      const size_t which = key == "descr" ? 0 : key == "fortran_order" ? 1 : key == "shape" ? 2 : 3;
      if (which == 3) refuse_header(fmt::format("has an unknown key '{}'", printable(key)));
      if (seen[which]) refuse_header(fmt::format("has the key '{}' twice", key));
      seen[which] = true;
      if (which == 0) header.descr = read_descr();
      if (which == 1) header.fortran_order = read_bool();
      if (which == 2) header.shape = read_shape();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (!rest_.empty()) refuse_header("goes on after its dictionary");
    if (!seen[0] || !seen[1] || !seen[2]) refuse_header("lacks one of 'descr', 'fortran_order' and 'shape'");
    return header;
  }

  // Bytes of the file as they may be shown on a terminal.
  static std::string printable(std::string_view text) {
    std::string shown(text.substr(0, 40));
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return shown;
  }

 private:
  void skip_blanks() {
    const size_t blanks = rest_.find_first_not_of(" \t\n\r");
    rest_.remove_prefix(blanks == std::string_view::npos ? rest_.size() : blanks);
  }
  bool accept(char c) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) refuse_header(fmt::format("is not a dictionary: '{}' is missing before '{}'", c, printable(rest_)));
  }
  bool accept_word(std::string_view word) {
    skip_blanks();
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  std::string read_string() {
    skip_blanks();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '\'' && quote != '"') refuse_header(fmt::format("is not a dictionary: a string is missing before '{}'", printable(rest_)));
    const size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) refuse_header("has a string without an end");
    std::string text(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return text;
  }
  std::string read_descr() {
    skip_blanks();
    if (!rest_.empty() && rest_.front() == '[') {
      throw BadInput("its elements are structures; save each field as an array of its own");
    }
    return read_string();
  }
  bool read_bool() {
    if (accept_word("True")) return true;
    if (!accept_word("False")) refuse_header("has a 'fortran_order' that is neither True nor False");
    return false;
  }
  std::vector<int64_t> read_shape() {
    std::vector<int64_t> shape;
    expect('(');
    while (!accept(')')) {
      skip_blanks();
      int64_t n = 0;
      const auto [stopped, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), n);
      if (error != std::errc() || n < 0) refuse_header(fmt::format("has a shape with no length before '{}'", printable(rest_)));
      rest_.remove_prefix(static_cast<size_t>(stopped - rest_.data()));
      if (!rest_.empty() && rest_.front() == 'L') rest_.remove_prefix(1);  // Python 2 wrote long integers so
      shape.push_back(n);
      if (shape.size() > kMostDimensions) refuse_header(fmt::format("has more than {} dimensions", kMostDimensions));
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }

  std::string_view rest_;
};

// "<f4" -> f32. Sets big_endian for ">".
Element parse_descr(const std::string& descr, bool& big_endian) {
  static constexpr std::pair<const char*, Element> kNames[] = {
      {"f2", Element::f16}, {"f4", Element::f32}, {"f8", Element::f64}, {"b1", Element::boolean},
      {"i1", Element::i8},  {"i2", Element::i16}, {"i4", Element::i32}, {"i8", Element::i64},
      {"u1", Element::u8},  {"u2", Element::u16}, {"u4", Element::u32}, {"u8", Element::u64},
  };
  const std::string shown = HeaderReader::printable(descr);
  const char order = descr.empty() ? '\0' : descr.front();
  const char kind = descr.size() < 2 ? '\0' : descr[1];
  if (kind == 'O') throw BadInput("its elements are pickled Python objects; save an array of numbers");
  if (kind == 'c') throw BadInput(fmt::format("its elements are complex ('{}'); save real numbers", shown));
  if (kind == 'V') {
    throw BadInput(fmt::format("its elements are raw bytes ('{}'); bf16 has no name in .npy: save float32, or use .safetensors", shown));
  }
  if (order == '<' || order == '>' || order == '=' || order == '|') {
    for (const auto& [name, element] : kNames) {
      big_endian = order == '>';
      if (descr.substr(1) == name) return element;
    }
  }
  throw BadInput(fmt::format("its elements are of type '{}'; save float16, float32, float64, bool or integers", shown));
}

// Element strides of the file's order, outermost first.
std::vector<int64_t> fortran_strides(const std::vector<int64_t>& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t d = 1; d < shape.size(); ++d) strides[d] = strides[d - 1] * shape[d - 1];
  return strides;
}

// A row-major copy of column-major elements.
std::vector<std::byte> to_row_major(Bytes source, const std::vector<int64_t>& shape, size_t size) {
  std::vector<std::byte> copy(source.size());
  const std::vector<int64_t> strides = fortran_strides(shape);
  std::vector<int64_t> index(shape.size(), 0);
  int64_t from = 0;
  for (size_t to = 0; to < copy.size(); to += size) {
    std::memcpy(copy.data() + to, source.data() + static_cast<size_t>(from) * size, size);
    for (size_t d = shape.size(); d-- > 0;) {
      from += strides[d];
      if (++index[d] < shape[d]) break;
      from -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return copy;
}

void own(Array& array, std::vector<std::byte> bytes) {
  auto owner = std::make_shared<std::vector<std::byte>>(std::move(bytes));
  array.bytes = *owner;
  array.owner = std::move(owner);
}

// The text of the header; `file` becomes what follows it.
std::string_view take_header(Bytes& file) {
  const auto byte_at = [&file](size_t i) { return std::to_integer<uint32_t>(file[i]); };
  if (file.size() < kMagic.size() || std::memcmp(file.data(), kMagic.data(), kMagic.size()) != 0) {
    throw BadInput("it is not a .npy file: it does not begin with \\x93NUMPY; write it with numpy.save");
  }
  if (file.size() < 10) refuse_header(fmt::format("is cut off after {} bytes", file.size()));
  const uint32_t version = byte_at(6);
  if (version < 1 || version > 3) refuse_header(fmt::format("is of version {}, not 1, 2 or 3", version));
  const size_t prefix = version == 1 ? 10 : 12;
  if (file.size() < prefix) refuse_header(fmt::format("is cut off after {} bytes", file.size()));
  size_t length = byte_at(8) | byte_at(9) << 8;
  if (version > 1) length |= size_t{byte_at(10)} << 16 | size_t{byte_at(11)} << 24;
  if (length > file.size() - prefix) {
    refuse_header(fmt::format("says it is {} bytes long, but only {} follow", length, file.size() - prefix));
  }
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + prefix, length);
  file = file.subspan(prefix + length);
  return text;
}

}  // namespace

Array parse_npy(Bytes file) {
  const Header header = HeaderReader(take_header(file)).read();
  Array array;
  bool big_endian = false;
  array.element = parse_descr(header.descr, big_endian);
  array.shape = header.shape;
  const int64_t count = count_elements(array.shape, array.element);
  if (count < 0) refuse_header(fmt::format("has a shape {} whose size overflows", print_shape(array.shape)));
  const size_t size = element_size(array.element);
  const size_t bytes = static_cast<size_t>(count) * size;
  if (bytes != file.size()) {
    refuse_header(fmt::format("promises {} bytes of {} {}, but {} follow", bytes, element_name(array.element), print_shape(array.shape),
                              file.size()));
  }
  array.bytes = file;
  if (header.fortran_order && array.shape.size() > 1) own(array, to_row_major(array.bytes, array.shape, size));
  if (big_endian && size > 1) {
    std::vector<std::byte> swapped(array.bytes.begin(), array.bytes.end());
    for (size_t i = 0; i < swapped.size(); i += size) std::reverse(swapped.data() + i, swapped.data() + i + size);
    own(array, std::move(swapped));
  }
  return array;
}

std::string npy_header(Element element, const std::vector<int64_t>& shape) {
  static constexpr const char* kDescr[] = {"<f2", "", "<f4", "<f8", "|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8"};
  std::string dictionary = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", kDescr[static_cast<size_t>(element)],
                                       fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  constexpr size_t kPrefix = 10, kAlignment = 64;  // elements begin at a multiple of 64 bytes
  dictionary.resize((kPrefix + dictionary.size() + 1 + kAlignment - 1) / kAlignment * kAlignment - kPrefix, ' ');
  dictionary.back() = '\n';
  std::string header(kMagic);
  header += '\1';
  header += '\0';
  header += static_cast<char>(dictionary.size() & 0xff);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

}  // namespace rapt::cli
