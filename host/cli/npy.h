// The .npy format, versions 1 to 3: one array a file.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/array.h"

namespace rapt::cli {

// Any bytes at all: an array, or BadInput with a sentence. Fortran order and big-endian elements are copied into row-major,
// little-endian ones; otherwise the array looks into `file`.
Array parse_npy(Bytes file);

// What comes before the elements of a row-major, little-endian array, version 1.0. bf16 has no name in this format.
std::string npy_header(Element element, const std::vector<int64_t>& shape);

}  // namespace rapt::cli
