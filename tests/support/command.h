// One command of the program, run inside the test: its exit code, what it printed, and the sentence it refused with.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

namespace rapt::cli {

struct Printed {
  int exit_code = 0;
  std::string out, refusal;
};

inline Printed run_command(void (*add)(CLI::App&, int&), std::vector<std::string> arguments) {
  CLI::App program;
  Printed printed;
  add(program, printed.exit_code);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  testing::internal::CaptureStdout();
  try {
    program.parse(arguments);
  } catch (const std::exception& error) {  // as in main.cpp
    printed.exit_code = 2;
    printed.refusal = error.what();
  }
  std::fflush(stdout);
  printed.out = testing::internal::GetCapturedStdout();
  return printed;
}

}  // namespace rapt::cli
