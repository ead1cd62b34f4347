// The command `rapt replay`.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "workbench/problem.h"

namespace CLI {
class App;
}  // namespace CLI

namespace rapt::cli {

// Problem strings, one a line ('#' begins a comment), or JSON with "results" as `rapt bench --json` prints them; doubles are dropped.
// Throws BadInput that begins with `source` and names the line.
std::vector<workbench::Problem> read_recording(const std::string& source, const std::string& text);

// Registers the command; when it ran, exit_code holds its answer. Bad input is thrown (options.h: BadInput).
void add_replay(CLI::App& program, int& exit_code);

}  // namespace rapt::cli
