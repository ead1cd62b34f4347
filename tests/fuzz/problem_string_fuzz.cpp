// Any text as a problem string: refused with a sentence, or read, printed and read again as the same; then described and explained.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <string>

#include "cli/describe.h"
#include "cli/options.h"
#include "tests/fuzz/promise.h"
#include "tests/fuzz/targets.h"
#include "workbench/problem.h"
#include "workbench/run.h"

namespace rapt::fuzz {
namespace {

void explain(const workbench::Problem& problem) {
  static const workbench::Context context = workbench::make_context(1);
  try {
    const rapt_problem description = cli::describe(problem);
    promise(rapt_explain(context.get(), &description, nullptr, 0) > 0, "an explanation is never empty");
  } catch (const cli::BadInput& error) {
    promise(error.what()[0] != '\0', "a refusal says why");
  }
}

}  // namespace

void problem_string(const uint8_t* data, size_t size) {
  workbench::Problem problem;
  try {
    problem = workbench::parse_problem(std::string(reinterpret_cast<const char*>(data), size));
  } catch (const std::invalid_argument& error) {
    promise(error.what()[0] != '\0', "a refusal says why");
    return;
  }
  const std::string text = workbench::print_problem(problem);
  promise(workbench::parse_problem(text) == problem, text + " is read as what was printed");
  promise(workbench::print_problem(workbench::parse_problem(text)) == text, text + " is printed as what was read");
  explain(problem);
}

}  // namespace rapt::fuzz
