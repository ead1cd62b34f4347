// Reads .npy files that a test trusts: format 1.0 to 3.0, C order, little-endian.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rapt::test {

struct Npy {
  std::string dtype;  // "<f4", "<f2", "<f8", "|b1", "<i8", ...
  std::vector<int64_t> shape;
  std::vector<unsigned char> data;

  int64_t count() const;  // of elements
};

Npy load_npy(const std::filesystem::path& path);  // throws std::runtime_error that names the file

}  // namespace rapt::test
