// CLI11's errors in this program's words.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/usage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <vector>

namespace rapt::cli {
namespace {

std::vector<std::string> command_names(const CLI::App& program) {
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  return names;
}

// The option that CLI11's sentence begins with: "--q: 1 required FILE missing", "problem is required".
std::string subject(const std::string& message) { return message.substr(0, message.find_first_of(": ")); }

}  // namespace

std::string usage_sentence(const CLI::App& program, const CLI::ParseError& error) {
  const std::string message = error.what();
  const auto kind = static_cast<CLI::ExitCodes>(error.get_exit_code());
  const std::vector<std::string> extras = program.remaining(true);
  const auto parsed = program.get_subcommands();
  if (parsed.empty()) {
    const std::string names = fmt::format("{}", fmt::join(command_names(program), ", "));
    if (extras.empty()) return fmt::format("a command is missing; give one of {}", names);
    return fmt::format("'{}' is no command; give one of {}", extras.front(), names);
  }
  const std::string name = "rapt " + parsed.front()->get_name();
  // CLI11 names an ExtrasError after the command.
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
    return fmt::format("'{}' is not known to {}; `{} --help` lists what is", extras.front(), name, name);
  if (kind == CLI::ExitCodes::RequiredError) return fmt::format("{} is missing; `{} --help` shows how it is given", subject(message), name);
  if (kind == CLI::ExitCodes::ArgumentMismatch) {
    const bool twice = message.find("At Most") != std::string::npos || message.find("received") != std::string::npos;
    return twice ? fmt::format("{} is given more than once; give it once", subject(message))
                 : fmt::format("{} lacks its value; write {}=VALUE", subject(message), subject(message));
  }
  return fmt::format("{}; `{} --help` shows how it is used", message, name);
}

}  // namespace rapt::cli
