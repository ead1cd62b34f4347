// libFuzzer's entry point. RAPT_FUZZ_TARGET is the function of targets.h that this program fuzzes.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rapt::fuzz::RAPT_FUZZ_TARGET(data, size);
  return 0;
}
