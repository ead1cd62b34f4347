// The line is rewritten in place.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace rapt::cli {

Progress::Progress(size_t total) : total_(total), shown_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { wipe(); }

void Progress::begin(const std::string& what) {
  ++at_;
  if (shown_) fmt::print(stderr, "\r\x1b[K{}/{} {}", at_, total_, what.substr(0, 100));
}

void Progress::wipe() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
}

}  // namespace rapt::cli
