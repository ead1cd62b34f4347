// The user's file takes the place of an engine's outcome.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/user_output.h"

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/tensor_file.h"

namespace rapt::cli {
namespace {

// Gives `tensor` the type of the file.
workbench::Buffer read_output(const std::string& option, const std::string& path, const std::vector<int64_t>& shape, rapt_tensor& tensor) {
  Array array;
  if (is_safetensors(path)) {
    const auto tensors = read_safetensors(option, path);
    const auto found = tensors.find(option.substr(2));
    if (found == tensors.end()) throw BadInput(fmt::format("{}: '{}' holds no tensor named {}; add it", option, path, option.substr(2)));
    array = found->second;
  } else {
    array = read_npy(option, path);
  }
  if (!is_floating(array.element)) {
    throw BadInput(fmt::format("{}: its type is {}; save floating-point numbers", option, element_name(array.element)));
  }
  if (array.shape != shape) {
    throw BadInput(fmt::format("{}: its shape is {}, but that of the answer is {}; make them equal", option, print_shape(array.shape),
                               print_shape(shape)));
  }
  tensor.type = rapt_type_of(array.element);
  tensor.bytes = static_cast<int64_t>(array.bytes.size());
  workbench::Buffer buffer(array.bytes.size());
  convert(array, tensor.type, buffer.data());
  return buffer;
}

}  // namespace

workbench::Verdict judge_files(const std::string& o, const std::string& lse, const InputCase& input, const workbench::Judgement& exact) {
  workbench::Case seen = input.data;
  workbench::Outcome outcome;
  outcome.o = read_output("--o", o, input.o_shape, seen.problem.o);
  if (lse.empty()) {
    seen.problem.lse = rapt_tensor{};
  } else {
    outcome.lse = read_output("--lse", lse, input.lse_shape, seen.problem.lse);
  }
  return workbench::compare(seen, exact, outcome);
}

}  // namespace rapt::cli
