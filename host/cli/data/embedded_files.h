// The files of this folder as they are in the program, so that `rapt demo` needs none on disk. Written by embed.cmake at build time.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace rapt::cli {

// "smollm2-layer20/q.npy": its bytes, 64-byte aligned; empty if there is no such file.
std::span<const std::byte> embedded_file(std::string_view path);

}  // namespace rapt::cli
