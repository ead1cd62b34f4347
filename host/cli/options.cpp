// How option values are read, and the sentences that refuse them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>

namespace rapt::cli {
namespace {

constexpr const char* kEngines[] = {"auto", "reference", "cpu", "cuda", "emulated"};  // indexed by RAPT_ENGINE_*

// CLI11 takes whatever follows an option for its value.
std::string missing_before(const std::string& text) {
  return text.rfind("--", 0) == 0 ? fmt::format("a value is missing before {}", text) : std::string();
}

// The whole of text as a number, or false. from_chars knows neither locales nor blanks, but not a leading '+' either.
template <class Number>
bool parse_whole(const std::string& text, Number& number) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  if (text.size() > 1 && *begin == '+' && begin[1] != '-') ++begin;
  const auto [stopped, error] = std::from_chars(begin, end, number);
  return error == std::errc() && stopped == end;
}

}  // namespace

CLI::Option* add_value(CLI::App& command, const std::string& name, std::string& target, const std::string& placeholder,
                       const std::string& description) {
  return command.add_option(name, target, description)->type_name(placeholder)->check(CLI::Validator(missing_before, ""));
}

CLI::Option* add_value_positional(CLI::App& command, const std::string& name, std::string& target, const std::string& description) {
  return command.add_option(name, target, description)->type_name("FILE");
}

void add_engine(CLI::App& command, std::string& engine) {
  add_value(command, "--engine", engine, "NAME", "reference, cpu, cuda, emulated or auto");
}

void add_arch(CLI::App& command, std::string& arch) {
  add_value(command, "--arch", arch, "NAME", "GPU kernels of sm_80 or sm_90a; default: the device's, else the newest");
}

void add_threads(CLI::App& command, std::string& threads) {
  add_value(command, "--threads", threads, "N", "threads of the CPU engines; default: one a core");
}

void add_json(CLI::App& command, bool& json) { command.add_flag("--json", json, "print JSON"); }

int64_t parse_integer(const std::string& option, const std::string& text) {
  int64_t number = 0;
  if (!parse_whole(text, number)) throw BadInput(fmt::format("{}: '{}' is not a whole number of 64 bits; write one like 4", option, text));
  return number;
}

double parse_finite(const std::string& option, const std::string& text) {
  double number = 0;
  if (!parse_whole(text, number) || !std::isfinite(number)) {
    throw BadInput(fmt::format("{}: '{}' is not a finite number; write one like 0.125", option, text));
  }
  return number;
}

int parse_threads(const std::string& option, const std::string& text) {
  if (text.empty()) return 0;
  constexpr int64_t kMost = 4096;
  const int64_t threads = parse_integer(option, text);
  if (threads < 1) throw BadInput(fmt::format("{}: {} is below one; give at least one thread", option, threads));
  if (threads > kMost) throw BadInput(fmt::format("{}: {} is more than the {} a run may have; give fewer", option, threads, kMost));
  return static_cast<int>(threads);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

int32_t parse_engine(const std::string& option, const std::string& text) {
  if (text.empty()) return RAPT_ENGINE_AUTO;
  for (int32_t engine = RAPT_ENGINE_AUTO; engine <= RAPT_ENGINE_EMULATED; ++engine) {
    if (text == kEngines[engine]) return engine;
  }
  throw BadInput(fmt::format("{}: '{}' is no engine; choose auto, reference, cpu, cuda or emulated", option, text));
}

int32_t parse_timed_engine(const std::string& option, const std::string& text) {
  const int32_t engine = parse_engine(option, text);
  if (engine != RAPT_ENGINE_EMULATED) return engine;
  throw BadInput(fmt::format("{} emulated: its time says nothing of a GPU's; `rapt validate` it, or time cuda on a GPU", option));
}

const char* engine_name(int32_t engine) {
  return engine >= RAPT_ENGINE_AUTO && engine <= RAPT_ENGINE_EMULATED ? kEngines[engine] : "unknown";
}

std::string parse_arch(const std::string& option, const std::string& text, int32_t engine) {
  if (!text.empty() && text != "sm_80" && text != "sm_90a")
    throw BadInput(fmt::format("{}: '{}' has no kernels of its own; choose sm_80, which any GPU since runs, or sm_90a", option, text));
  if (!text.empty() && (engine == RAPT_ENGINE_CPU || engine == RAPT_ENGINE_REFERENCE))
    throw BadInput(
        fmt::format("{}: engine {} has no kernels for GPUs; leave it out, or choose cuda or emulated", option, engine_name(engine)));
  return text;
}

std::string refusal_of(int32_t engine, const std::string& sentence) {
  const std::string name = engine_name(engine), said = fmt::format("engine {}: ", name);
  return fmt::format("--engine {}: {}", name, sentence.rfind(said, 0) == 0 ? sentence.substr(said.size()) : sentence);
}

}  // namespace rapt::cli
