// Lengths, offsets and windows as users give them, checked before anyone indexes with them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "cli/inputs.h"
#include "workbench/buffer.h"

namespace rapt::cli {

// [batch] lengths, none negative, none above `most`, which is `what` ("the 128 keys of k"). int32 or int64.
std::vector<int64_t> read_lengths(const Input& input, int64_t batch, int64_t most, const std::string& what);

// [sequences + 1] offsets: the first 0, none below the one before, the last `total`, the packed rows of `tensor`. Returns lengths.
std::vector<int64_t> read_offsets(const Input& input, int64_t total, const std::string& tensor);

// As the int32 that rapt_args takes.
workbench::Buffer int32_buffer(const std::vector<int64_t>& values);
workbench::Buffer offsets_buffer(const std::vector<int64_t>& lengths);  // 0, l0, l0 + l1, ...

}  // namespace rapt::cli
