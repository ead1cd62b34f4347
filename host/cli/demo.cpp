// `rapt demo`: a tour in four parts, from three small inputs to the heads of real models. Needs no files.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/demo.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/demo_example.h"
#include "cli/demo_heads.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "workbench/run.h"

namespace rapt::cli {
namespace {

struct DemoOptions {
  std::string engine = "cpu", threads, ink = "auto";
  bool json = false;
};

std::string heading(int part, const std::string& title, const Terminal& terminal) {
  return terminal.has_colours() ? fmt::format("\n\x1b[1m{}  {}\x1b[0m\n", part, title) : fmt::format("\n{}  {}\n", part, title);
}

std::string print_tour(rapt_context* context, const Example& example, const Layer& lookup, const Layer& previous, const Layer& reference,
                       const Terminal& terminal) {
  std::string text = fmt::format("Attention, O = softmax(scale Q K^T + mask) V, by rapt {} ({}, {} threads)\n", rapt_version(),
                                 rapt_context_isa(context), rapt_context_threads(context));
  text += heading(1, "Three inputs, by hand", terminal);
  text += "   The worked example of \"Illustrated: Self-Attention\" (R. Karim, 2019).\n" + print_example(example);
  text += heading(2, "A language model looks something up", terminal) + print_lookup(lookup, terminal);
  text += heading(3, "The same text, nine layers earlier", terminal) + print_previous(previous, terminal);
  text += heading(4, "An encoder finds what a word stands for", terminal) + print_reference(reference, terminal);
  text +=
      "\nNext: `rapt validate --suite smoke` holds every engine here against the exact answer, `rapt bench` times them,\n"
      "`rapt run --q q.npy --k k.npy --v v.npy --out o.npy` takes tensors of your own, and\n"
      "`rapt map --q q.npy --k k.npy -o map.png` draws what they look at.\n";
  return text;
}

int run_demo(const DemoOptions& options) {
  const Terminal terminal = with_ink(terminal_of_stdout(), "--ink", options.ink);
  const workbench::Context context = workbench::make_context(parse_threads("--threads", options.threads));
  const int32_t engine = parse_engine("--engine", options.engine);
  const Example example = solve_example(context.get(), engine);
  const Layer lookup = solve_layer(context.get(), engine, "smollm2-layer20");
  const Layer previous = solve_layer(context.get(), engine, "smollm2-layer11");
  const Layer reference = solve_layer(context.get(), engine, "minilm-layer5");
  if (options.json) {
    const nlohmann::json document = {{"version", rapt_version()},
                                     {"worked_example", json_of(example)},
                                     {"heads", {json_of(lookup, 5), json_of(previous, 1), json_of(reference, 4)}}};
    fmt::print("{}\n", document.dump(1));
  } else {
    fmt::print("{}", print_tour(context.get(), example, lookup, previous, reference, terminal));
  }
  return kDone;
}

}  // namespace

void add_demo(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand("demo", "A tour: attention by hand, then the heads of real models, drawn");
  const auto options = std::make_shared<DemoOptions>();
  add_engine(*command, options->engine);
  add_threads(*command, options->threads);
  add_value(*command, "--ink", options->ink, "INK", "how maps are drawn: auto, 24bit, 256, shades or ascii");
  add_json(*command, options->json);
  command->callback([options, &exit_code] { exit_code = run_demo(*options); });
}

}  // namespace rapt::cli
