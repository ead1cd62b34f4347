// .npy and .safetensors files made byte by byte, right and wrong, and read back without the code under test.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rapt::tests {

// The bytes of values, as they lie in memory.
template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// \x93NUMPY, version, length, header text, elements; nothing is checked.
std::string npy_file(const std::string& header, const std::string& elements, int version = 1);
// {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
std::string npy_header_text(const std::string& descr, const std::vector<int64_t>& shape, bool fortran = false);
std::string npy_of(const std::string& descr, const std::vector<int64_t>& shape, const std::string& elements);
std::string npy_f32(const std::vector<int64_t>& shape, const std::vector<float>& values);

// Eight bytes of length, header text, elements; nothing is checked.
std::string safetensors_file(const std::string& header, const std::string& elements);

// What follows the header of a .npy file, and that header's dictionary.
std::string npy_elements(const std::string& file);
std::string npy_dictionary(const std::string& file);
std::vector<float> npy_floats(const std::string& file);

}  // namespace rapt::tests
