// The header of a .npy file is a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/support/npy.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace rapt::test {
namespace {

std::string match(const std::string& header, const char* pattern) {
  std::smatch found;
  return std::regex_search(header, found, std::regex(pattern)) ? found[1].str() : std::string();
}

}  // namespace

int64_t Npy::count() const {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return count;
}

Npy load_npy(const std::filesystem::path& path) {
  const auto refuse = [&](const char* reason) { return std::runtime_error(path.string() + ": " + reason); };
  std::ifstream file(path, std::ios::binary);
  const std::vector<unsigned char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (bytes.size() < 12 || std::string(bytes.begin() + 1, bytes.begin() + 6) != "NUMPY") throw refuse("not a .npy file");
  const bool long_header = bytes[6] >= 2;
  const size_t begin = long_header ? 12 : 10;
  size_t length = bytes[8] + (size_t{bytes[9]} << 8);
  if (long_header) length += (size_t{bytes[10]} << 16) + (size_t{bytes[11]} << 24);
  if (begin + length > bytes.size()) throw refuse("the header is cut off");
  const std::string header(bytes.begin() + static_cast<int64_t>(begin), bytes.begin() + static_cast<int64_t>(begin + length));
  if (match(header, "'fortran_order': *(True|False)") != "False") throw refuse("not in C order");
  Npy npy;
  npy.dtype = match(header, "'descr': *'([^']+)'");
  const std::string shape = match(header, "'shape': *\\(([^)]*)\\)");
  const std::regex number("[0-9]+");
  for (std::sregex_iterator at(shape.begin(), shape.end(), number), end; at != end; ++at) npy.shape.push_back(std::stoll(at->str()));
  npy.data.assign(bytes.begin() + static_cast<int64_t>(begin + length), bytes.end());
  const size_t size = npy.dtype.size() == 3 ? static_cast<size_t>(npy.dtype[2] - '0') : 0;
  if (size == 0 || npy.data.size() != static_cast<size_t>(npy.count()) * size) throw refuse("dtype, shape and size do not agree");
  return npy;
}

}  // namespace rapt::test
