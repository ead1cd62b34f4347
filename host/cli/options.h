// What the commands' options have in common: how a value is read, and how a bad one is refused.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace rapt::cli {

// Exit codes of the program.
constexpr int kDone = 0, kValidationFailed = 1, kBadInput = 2;

// Bad usage or bad input. One sentence that names the argument and says what to change; main prints it and exits with kBadInput.
struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// A run met a bug of Rapt's own. The sentence says which; main prints it and exits with kValidationFailed.
struct BugFound : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// An option that takes one value, kept as typed: "--q FILE". Given without a value or twice, it is refused.
CLI::Option* add_value(CLI::App& command, const std::string& name, std::string& target, const std::string& placeholder,
                       const std::string& description);
// The same without a name, by its place.
CLI::Option* add_value_positional(CLI::App& command, const std::string& name, std::string& target, const std::string& description);
// The same options on every command that has them.
void add_engine(CLI::App& command, std::string& engine);
void add_arch(CLI::App& command, std::string& arch);
void add_threads(CLI::App& command, std::string& threads);
void add_json(CLI::App& command, bool& json);

// Values as typed, each refused with a sentence that begins with `option` ("--threads").
int64_t parse_integer(const std::string& option, const std::string& text);
double parse_finite(const std::string& option, const std::string& text);
int parse_threads(const std::string& option, const std::string& text);    // >= 1; "" = 0, the default
std::vector<std::string> split(const std::string& text, char separator);  // "a,b" -> {a, b}; "" -> {""}

// "auto", "reference", "cpu", "cuda", "emulated" -> RAPT_ENGINE_*, and back. "" = auto.
int32_t parse_engine(const std::string& option, const std::string& text);
int32_t parse_timed_engine(const std::string& option, const std::string& text);  // not the emulated one
const char* engine_name(int32_t engine);
// "sm_80", "sm_90a" or "", for an engine that has kernels for GPUs.
std::string parse_arch(const std::string& option, const std::string& text, int32_t engine);

// The library's refusal "engine cuda: no device", as a sentence about the option: "--engine cuda: no device".
std::string refusal_of(int32_t engine, const std::string& sentence);

}  // namespace rapt::cli
