// What is wrong with a command line, in one sentence.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace rapt::cli {

// `error` was thrown while `program` parsed.
std::string usage_sentence(const CLI::App& program, const CLI::ParseError& error);

}  // namespace rapt::cli
