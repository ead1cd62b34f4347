// Which files hold which tensors.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/inputs.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/options.h"
#include "cli/tensor_file.h"

namespace rapt::cli {
namespace {

struct InputFacts {
  const char* name;    // in .safetensors
  const char* option;  // of a .npy
  const char* description;
};
constexpr InputFacts kInputs[] = {
    {"q", "--q", "[B,Hq,Sq,D], or packed [total,Hq,D]"},
    {"k", "--k", "[B,Hkv,Skv,D], packed [total,Hkv,D], or pages [num_pages,page_size,Hkv,D]"},
    {"v", "--v", "as k, with Dv for D"},
    {"mask", "--mask", "boolean, true = may see; 4 dimensions, each 1 or that of [B,Hq,Sq,Skv]"},
    {"bias", "--bias", "floating, added after softcap, -inf hides; shape as mask"},
    {"alibi", "--alibi", "slopes [Hq] or [B,Hq]"},
    {"sinks", "--sinks", "logits [Hq]"},
    {"seqlens_q", "--seqlens-q", "queries of each sequence, [B]"},
    {"seqlens_kv", "--seqlens-kv", "keys of each sequence, [B]"},
    {"cu_seqlens_q", "--cu-seqlens-q", "where packed queries begin, [B+1]: the first 0, the last their total"},
    {"cu_seqlens_kv", "--cu-seqlens-kv", "where packed keys begin, [B+1]"},
    {"block_table", "--block-table", "int32 [B, pages per sequence]: k and v are pages"},
};

bool is_output(const std::string& name) { return name == "o" || name == "lse"; }

std::string option_of(const std::string& name) {
  const auto is_it = [&name](const InputFacts& facts) { return name == facts.name; };
  return std::find_if(std::begin(kInputs), std::end(kInputs), is_it)->option;
}

}  // namespace

const std::vector<std::string>& input_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const InputFacts& facts : kInputs) all.emplace_back(facts.name);
    return all;
  }();
  return names;
}

bool InputOptions::any() const {
  const auto given = [](const auto& entry) { return !entry.second.empty(); };
  if (!file.empty() || std::any_of(paths.begin(), paths.end(), given)) return true;
  return !(dtype + layout + scale + causal + window + softcap).empty();
}

void add_inputs(CLI::App& command, InputOptions& options) {
  for (const InputFacts& facts : kInputs) add_value(command, facts.option, options.paths[facts.name], "FILE", facts.description);
  add_value(command, "--dtype", options.dtype, "TYPE",
            "f32, f16 or bf16: q, k, v are rounded to it and o is of it; default: the type of q");
  add_value(command, "--layout", options.layout, "ORDER", "of dense q, k, v, o: bhsd (default) or bshd");
  add_value(command, "--scale", options.scale, "S", "default: 1 / sqrt(D)");
  add_value(command, "--causal", options.causal, "ALIGN", "bottom-right, top-left, or the offset of the first query");
  add_value(command, "--window", options.window, "L,R", "keys back and ahead that a query sees; -1: all");
  add_value(command, "--softcap", options.softcap, "C", "s = C tanh(s / C)");
}

Inputs::Inputs(const InputOptions& options) {
  if (!options.file.empty()) {
    if (!is_safetensors(options.file)) {
      throw BadInput(fmt::format("'{}' does not end in .safetensors; name .npy files with --q, --k and --v", options.file));
    }
    for (auto& [name, array] : read_safetensors("the input file", options.file)) {
      const auto& names = input_names();
      if (is_output(name)) continue;
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        throw BadInput(fmt::format("{}: a tensor is named '{}', which is none of {}; rename it or leave it out", options.file, name,
                                   fmt::join(names, ", ")));
      }
      inputs_[name] = {fmt::format("{}: {}", options.file, name), options.file, array};
    }
  }
  for (const auto& [name, path] : options.paths) {
    if (path.empty()) continue;
    const std::string option = option_of(name);
    if (has(name)) throw BadInput(fmt::format("{}: {} holds '{}' too; give it once", option, options.file, name));
    inputs_[name] = {option, path, read_npy(option, path)};
  }
}

const Input* Inputs::find(const std::string& name) const {
  const auto found = inputs_.find(name);
  return found == inputs_.end() ? nullptr : &found->second;
}

const Input& Inputs::require(const std::string& name) const {
  if (const Input* input = find(name)) return *input;
  throw BadInput(fmt::format("{0} is missing; give {0} FILE, or a .safetensors file that holds '{1}'", option_of(name), name));
}

void Inputs::release(const std::string& name) {
  const auto found = inputs_.find(name);
  if (found != inputs_.end()) found->second.array.bytes = {}, found->second.array.owner = nullptr;
}

}  // namespace rapt::cli
