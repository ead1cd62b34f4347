// Runs a program as a user would, in a folder of its own, and says what it printed, how it ended and what it left behind.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

namespace rapt::tests {

// A new empty folder, removed with all that is in it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  void write(const std::string& name, const std::string& bytes) const;
  std::string read(const std::string& name) const;
  std::map<std::string, std::string> contents() const;  // of every regular file, by its path below the folder

 private:
  std::string path_;
};

struct Ran {
  int code = -1;  // exit code; 128 + the signal that ended it
  std::string out, err;
};

// Its working directory is the folder. Nothing of standard input.
Ran run_program(const std::string& program, const std::vector<std::string>& arguments, const Folder& folder);

}  // namespace rapt::tests
