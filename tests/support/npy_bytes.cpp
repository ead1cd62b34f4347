// Plain concatenation: what a file should be, written down a second time.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/support/npy_bytes.h"

#include <cstring>
#include <stdexcept>

namespace rapt::tests {
namespace {

std::string little_endian(uint64_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i));
  return text;
}

}  // namespace

std::string npy_file(const std::string& header, const std::string& elements, int version) {
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  return file + little_endian(header.size(), version == 1 ? 2 : 4) + header + elements;
}

std::string npy_header_text(const std::string& descr, const std::vector<int64_t>& shape, bool fortran) {
  std::string sizes;
  for (const int64_t n : shape) sizes += std::to_string(n) + ",";
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': (" + sizes + "), }\n";
}

std::string npy_of(const std::string& descr, const std::vector<int64_t>& shape, const std::string& elements) {
  return npy_file(npy_header_text(descr, shape), elements);
}

std::string npy_f32(const std::vector<int64_t>& shape, const std::vector<float>& values) { return npy_of("<f4", shape, bytes_of(values)); }

std::string safetensors_file(const std::string& header, const std::string& elements) {
  return little_endian(header.size(), 8) + header + elements;
}

std::string npy_dictionary(const std::string& file) {
  if (file.substr(0, 8) != std::string("\x93NUMPY\1\0", 8)) throw std::runtime_error("not a .npy file of version 1.0");
  const size_t length = static_cast<unsigned char>(file.at(8)) + 256u * static_cast<unsigned char>(file.at(9));
  if ((10 + length) % 64 != 0) throw std::runtime_error("the elements do not begin at a multiple of 64");
  return file.substr(10, length);
}

std::string npy_elements(const std::string& file) { return file.substr(10 + npy_dictionary(file).size()); }

std::vector<float> npy_floats(const std::string& file) {
  const std::string bytes = npy_elements(file);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace rapt::tests
