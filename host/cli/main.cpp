// The program `rapt`: one line per command, and the one place where a failure becomes a sentence and an exit code.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "cli/bench.h"
#include "cli/demo.h"
#include "cli/explain.h"
#include "cli/info.h"
#include "cli/map.h"
#include "cli/options.h"
#include "cli/replay.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/usage.h"
#include "cli/validate.h"

namespace rapt::cli {
namespace {

using AddCommand = void(CLI::App& program, int& exit_code);

// In the order in which `rapt --help` lists them.
constexpr AddCommand* kCommands[] = {
    add_info, add_demo, add_run, add_validate, add_bench, add_map, add_explain, add_report, add_replay,
};

int refuse(const std::string& sentence) {
  fmt::print(stderr, "rapt: {}\n", sentence);
  return kBadInput;
}

int run_program(int argc, char** argv) {
  CLI::App program{"Attention, O = softmax(scale Q K^T + mask) V, and how far it is from the exact answer.", "rapt"};
  program.set_version_flag("--version", rapt_version());
  program.require_subcommand(1);
  int exit_code = kDone;
  for (AddCommand* add : kCommands) add(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return program.exit(asked);
  } catch (const CLI::ParseError& error) {
    return refuse(usage_sentence(program, error));
  } catch (const std::bad_alloc&) {
    return refuse("not enough memory for this problem; make it smaller");
  } catch (const BugFound& bug) {
    fmt::print(stderr, "rapt: {}\n", bug.what());
    return kValidationFailed;
  } catch (const std::exception& error) {
    return refuse(error.what());
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) return refuse("standard output cannot be written; is the disk full?");
  return exit_code;
}

}  // namespace
}  // namespace rapt::cli

int main(int argc, char** argv) { return rapt::cli::run_program(argc, argv); }
