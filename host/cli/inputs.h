// The options of `rapt run` and `rapt validate` that describe a problem in files, and the arrays that they name.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/array.h"

namespace CLI {
class App;
}  // namespace CLI

namespace CLI {
class App;
}  // namespace CLI

namespace rapt::cli {

// As typed; empty: not given.
struct InputOptions {
  std::string file;                          // a .safetensors with tensors named as below
  std::map<std::string, std::string> paths;  // "q", "seqlens_kv", ... -> .npy
  std::string dtype, layout, scale, causal, window, softcap;

  bool any() const;
};

// "q", "k", "v", "mask", ...: the tensors that a call may have.
const std::vector<std::string>& input_names();

// Registers --q, --seqlens-kv, ..., --dtype, --layout, --scale, --causal, --window, --softcap. The positional file is the command's own.
void add_inputs(CLI::App& command, InputOptions& options);

// An array, and how the user named it: "--q", or "in.safetensors: q".
struct Input {
  std::string option;
  std::string path;  // of the file it came from
  Array array;
};

class Inputs {
 public:
  // Reads every file that is named. Throws BadInput.
  explicit Inputs(const InputOptions& options);

  const Input* find(const std::string& name) const;     // nullptr: not given
  const Input& require(const std::string& name) const;  // throws BadInput
  bool has(const std::string& name) const { return find(name) != nullptr; }
  void release(const std::string& name);  // its elements are no longer needed
  const std::map<std::string, Input>& all() const { return inputs_; }

 private:
  std::map<std::string, Input> inputs_;
};

}  // namespace rapt::cli
