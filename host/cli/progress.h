// One line on stderr that says how far a long command has come, where stderr is a terminal; nothing otherwise.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace rapt::cli {

class Progress {
 public:
  explicit Progress(size_t total);
  ~Progress();  // the line is wiped
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void begin(const std::string& what);  // the next of `total`
  void wipe();                          // before something else is printed

 private:
  size_t total_, at_ = 0;
  bool shown_;
};

}  // namespace rapt::cli
