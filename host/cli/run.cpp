// `rapt run`: attention on the user's tensors, into a file, or a refusal and no file.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/input_case.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/planned.h"
#include "cli/tensor_file.h"
#include "workbench/placement.h"
#include "workbench/run.h"

namespace rapt::cli {
namespace {

using workbench::Buffer;

struct RunOptions {
  InputOptions inputs;
  std::string out, lse, engine, arch, threads;
  bool json = false;
};

// The files that will be written, refused before anything is computed.
struct Outputs {
  std::optional<TensorOutput> out, lse;

  explicit Outputs(const RunOptions& options) {
    if (options.out.empty()) throw BadInput("--out is missing; give --out FILE, ending in .npy or .safetensors");
    out.emplace("--out", options.out);
    refuse_input("--out", options.out, options.inputs);
    if (options.lse.empty()) return;
    if (is_safetensors(options.lse)) throw BadInput("--lse: name a .npy file; --out x.safetensors holds lse beside o");
    if (std::filesystem::weakly_canonical(std::filesystem::absolute(options.lse)) ==
        std::filesystem::weakly_canonical(std::filesystem::absolute(options.out))) {
      throw BadInput(fmt::format("--lse: '{}' is --out too; name another file", options.lse));
    }
    lse.emplace("--lse", options.lse);
    refuse_input("--lse", options.lse, options.inputs);
  }

  bool want_lse() const { return lse.has_value() || is_safetensors(out->path()); }

 private:
  static void refuse_input(const std::string& option, const std::string& path, const InputOptions& inputs) {
    const auto check = [&](const std::string& input) {
      std::error_code missing;
      if (!input.empty() && std::filesystem::equivalent(path, input, missing)) {
        throw BadInput(fmt::format("{}: '{}' is an input too; name another file", option, path));
      }
    };
    check(inputs.file);
    for (const auto& [name, input] : inputs.paths) check(input);
  }
};

struct Answer {
  Array o, lse;
  double seconds = 0;
};

Array array_over(Element element, const std::vector<int64_t>& shape, const Buffer& buffer) {
  return {element, shape, {buffer.as<std::byte>(), buffer.size()}, std::make_shared<Buffer>(buffer)};
}

// Rows past a sequence's length are not written by a run: their o is 0 and their lse -inf.
Answer compute(const Planned& planned, const InputCase& input, bool want_lse) {
  const rapt_type type = input.data.problem.o.type;
  const Element element = type == RAPT_F32 ? Element::f32 : type == RAPT_F16 ? Element::f16 : Element::bf16;
  const auto bytes = [](const std::vector<int64_t>& shape, Element e) {
    return static_cast<size_t>(count_elements(shape, e)) * element_size(e);
  };
  Buffer o(bytes(input.o_shape, element)), lse(want_lse ? bytes(input.lse_shape, Element::f32) : 0);
  Buffer workspace(rapt_plan_workspace(planned.plan.get()));
  o.fill(0);
  std::fill_n(lse.as<float>(), lse.size() / sizeof(float), -std::numeric_limits<float>::infinity());
  Buffer nowhere;
  const std::unique_ptr<workbench::Placement> placement = place(planned.plan.get(), input.data, o, want_lse ? lse : nowhere, workspace);
  const auto begin = std::chrono::steady_clock::now();
  const rapt_status status = placement->run();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (status != RAPT_OK) refuse_run(status, print_like(input.data));
  placement->bring_back(false);
  Answer answer{array_over(element, input.o_shape, o), {}, seconds.count()};
  if (want_lse) answer.lse = array_over(Element::f32, input.lse_shape, lse);
  return answer;
}

// .npy has no bf16: its values are written as f32.
Array for_npy(const Array& array) {
  if (array.element != Element::bf16) return array;
  const Buffer wide(array.bytes.size() / element_size(array.element) * sizeof(float));
  convert(array, RAPT_F32, const_cast<void*>(wide.data()));
  return array_over(Element::f32, array.shape, wide);
}

void write(Outputs& outputs, const Answer& answer) {
  if (is_safetensors(outputs.out->path())) {
    outputs.out->stage_safetensors({{"o", answer.o}, {"lse", answer.lse}});
  } else {
    outputs.out->stage_npy(for_npy(answer.o));
  }
  if (outputs.lse) outputs.lse->stage_npy(answer.lse);
  outputs.out->keep();
  if (outputs.lse) outputs.lse->keep();
}

nlohmann::ordered_json json_of(const Outputs& outputs, const Answer& answer, const Planned& planned, const InputCase& input) {
  const bool npy = !is_safetensors(outputs.out->path());
  const auto tensor = [](const std::string& file, Element element, const std::vector<int64_t>& shape) {
    return nlohmann::ordered_json{{"file", file}, {"type", element_name(element)}, {"shape", shape}};
  };
  const Element o = npy && answer.o.element == Element::bf16 ? Element::f32 : answer.o.element;
  nlohmann::ordered_json document = {{"engine", planned.engine()},
                                     {"kernel", rapt_plan_kernel(planned.plan.get())},
                                     {"like", print_like(input.data)},
                                     {"threads", rapt_context_threads(planned.context.get())},
                                     {"isa", rapt_context_isa(planned.context.get())},
                                     {"workspace_bytes", rapt_plan_workspace(planned.plan.get())},
                                     {"seconds", answer.seconds},
                                     {"o", tensor(outputs.out->path(), o, answer.o.shape)}};
  if (outputs.lse) document["lse"] = tensor(outputs.lse->path(), Element::f32, answer.lse.shape);
  if (!npy && !outputs.lse) document["lse"] = tensor(outputs.out->path(), Element::f32, answer.lse.shape);
  return document;
}

int run(const RunOptions& options) {
  const int32_t engine = parse_engine("--engine", options.engine);
  const std::string arch = parse_arch("--arch", options.arch, engine);
  const int threads = parse_threads("--threads", options.threads);
  InputCase input = load_case(options.inputs);
  Outputs outputs(options);
  if (!outputs.want_lse()) input.data.problem.lse = rapt_tensor{};
  const Planned planned = make_plan(threads, arch, input.data.problem, engine);
  const Answer answer = compute(planned, input, outputs.want_lse());
  write(outputs, answer);
  if (engine == RAPT_ENGINE_AUTO) fmt::print(stderr, "rapt: --engine auto ran {}\n", words_of_auto(planned, input.data.problem));
  if (options.json) fmt::print("{}\n", json_of(outputs, answer, planned, input).dump(1));
  return kDone;
}

}  // namespace

void add_run(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand("run", "Attention on your tensors: .npy or .safetensors in, the same out");
  const auto options = std::make_shared<RunOptions>();
  add_value_positional(*command, "file", options->inputs.file, "a .safetensors with tensors named q, k, v, mask, ...");
  add_inputs(*command, options->inputs);
  add_value(*command, "--out", options->out, "FILE", "where o goes: .npy, or .safetensors with o and lse");
  add_value(*command, "--lse", options->lse, "FILE", "where lse goes: .npy, f32, natural logarithm");
  add_engine(*command, options->engine);
  add_arch(*command, options->arch);
  add_threads(*command, options->threads);
  add_json(*command, options->json);
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace rapt::cli
