// The command `rapt validate`.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace rapt::cli {

// Registers the command; when it ran, exit_code holds its answer. Bad input is thrown (options.h: BadInput).
void add_validate(CLI::App& program, int& exit_code);

}  // namespace rapt::cli
