// The .safetensors format: a JSON header of named tensors, then their bytes.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "cli/array.h"

namespace rapt::cli {

// Any bytes at all: the tensors by name, looking into `file`, or BadInput with a sentence.
std::map<std::string, Array> parse_safetensors(Bytes file);

// What comes before the bytes of these tensors, which follow in the map's order.
std::string safetensors_header(const std::map<std::string, Array>& tensors);

}  // namespace rapt::cli
