// Whole files: read at once, written at once or not at all.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace rapt::cli {

// Throws BadInput that begins with `option` if it cannot be written, and leaves no part of it behind. "-" is standard output.
void write_output(const std::string& option, const std::string& path, const std::string& bytes);

// All of a file, "-" is standard input. Throws BadInput likewise.
std::string read_input(const std::string& option, const std::string& path);

}  // namespace rapt::cli
