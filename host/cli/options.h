// What the commands' options have in common: how a value is read, and how a bad one is refused.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapt::cli {

// Exit codes of the program.
constexpr int kDone = 0, kValidationFailed = 1, kBadInput = 2;

// Bad usage or bad input. One sentence that names the argument and says what to change; main prints it and exits with kBadInput.
struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Values as typed, each refused with a sentence that begins with `option` ("--threads").
int64_t parse_integer(const std::string& option, const std::string& text);
double parse_finite(const std::string& option, const std::string& text);
int parse_threads(const std::string& option, const std::string& text);       // >= 1; "" = 0, the default
std::vector<std::string> split(const std::string& text, char separator);     // "a,b" -> {a, b}; "" -> {""}

// "auto", "reference", "cpu", "cuda" -> RAPT_ENGINE_*, and back.
int32_t parse_engine(const std::string& option, const std::string& text);
const char* engine_name(int32_t engine);

}  // namespace rapt::cli
