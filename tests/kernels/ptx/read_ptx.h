// PTX text of tiny kernels in a form that does not change with register numbers.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace rapt::tests {

// A paragraph a kernel, its name and then its instructions. Registers that hold a parameter are p0, p1, ... (.shared, .global: converted to
// that address space; &p1: where it lies); literals stand for the registers they were moved to; what instructions produce is v0, v1, ... in
// the order in which it appears. Runs of names in a list are written {v0..v31}, runs of stores [p0.global+0..+124] = v0..v31.
std::string normal_form(const std::string& ptx);

}  // namespace rapt::tests
