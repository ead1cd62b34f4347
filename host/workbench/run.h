// Runs an engine on a case under suspicion: poisoned outputs and workspace, guard bands, inputs hashed before and after.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "workbench/case.h"

namespace rapt::workbench {

struct ContextDeleter {
  void operator()(rapt_context* context) const { rapt_context_destroy(context); }
};
using Context = std::unique_ptr<rapt_context, ContextDeleter>;
// Throws std::runtime_error with the sentence. threads 0, an empty isa and an empty arch: defaults.
Context make_context(int threads = 0, const std::string& max_isa = "", const std::string& arch = "");

struct Outcome {
  rapt_status status = RAPT_OK;
  std::string message;  // the library's sentence, or what the harness caught; empty when all is well
  std::string kernel;
  Buffer o, lse;  // in the problem's o and lse layout; lse empty if absent
  bool ok() const { return status == RAPT_OK && message.empty(); }
};

// Plans and runs once with o, lse and workspace filled with 0xFF. `suspicious` (default): runs three times with workspace prefilled 0x00,
// 0xFF and seeded noise, and reports as a message: bits that differ, a broken guard, a changed input, an output element outside the
// tensor's own elements (gaps, rows past a length) that was written.
Outcome run_engine(rapt_context* context, const Case& data, int32_t engine, bool suspicious = true);

// The same for whoever computes: one call on these arguments, its status, and its sentence when that is not RAPT_OK.
using Call = std::function<rapt_status(const rapt_args& args, void* workspace, size_t workspace_bytes, std::string& sentence)>;
Outcome run_call(const Case& data, size_t workspace_bytes, const Call& call, bool suspicious = true);

}  // namespace rapt::workbench
