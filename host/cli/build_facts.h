// What this build is, for `rapt info` and `rapt bench`. The values are in a source that build_facts.cmake writes at every build.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace rapt::cli::build {

extern const char* const kCommit;  // "unknown" outside a clone
extern const char* const kCompiler;
extern const char* const kType;
extern const char* const kSanitizers;
extern const char* const kCuda;

}  // namespace rapt::cli::build
