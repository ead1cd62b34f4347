// The rows of the kernel table that mutations are tried on: few, so that a mutation compiles in seconds.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>

#include "attention/variant.h"

namespace rapt::kernels {

std::array<Variant, 4> mutated_sm80();
std::array<Variant, 3> mutated_sm90();
int mutated_merge(const Launch& call);
int mutated_merge_parts(const Launch& call);

}  // namespace rapt::kernels
