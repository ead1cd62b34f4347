// The merges of partial results, compiled for every device.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "attention/merge.h"
#include "cuda/launch.cuh"
#include "cuda/rows.h"

namespace rapt::cuda {

int launch_merge(const kernels::Launch& call) { return OnDevice<kernels::Merge>::launch(call); }
int launch_merge_parts(const kernels::Launch& call) { return OnDevice<kernels::MergeParts>::launch(call); }

}  // namespace rapt::cuda
