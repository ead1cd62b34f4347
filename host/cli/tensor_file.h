// Tensors in files: read whole, written whole or not at all.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "cli/array.h"

namespace rapt::cli {

// Regular files only. Each throws BadInput with a sentence that begins with `option` ("--q") and the path.
Array read_npy(const std::string& option, const std::string& path);
std::map<std::string, Array> read_safetensors(const std::string& option, const std::string& path);

bool is_safetensors(const std::string& path);  // by its ending

// A file that is to be written, refused early where it cannot be: a folder, a device, no permission. Nothing is there until `stage`;
// what is staged has another name until `keep`, and is removed if that is never called.
class TensorOutput {
 public:
  TensorOutput(std::string option, std::string path);
  ~TensorOutput();
  TensorOutput(const TensorOutput&) = delete;
  TensorOutput& operator=(const TensorOutput&) = delete;

  void stage_npy(const Array& array);
  void stage_safetensors(const std::map<std::string, Array>& tensors);
  void keep();  // the staged file takes its name
  const std::string& path() const { return path_; }

 private:
  [[noreturn]] void refuse(const std::string& reason) const;
  void stage(const std::string& header, const std::map<std::string, Array>& tensors);

  std::string option_, path_;
  std::string target_;  // path_ with its links followed
  std::string staged_;
};

}  // namespace rapt::cli
