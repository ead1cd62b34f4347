// `rapt map`: which query looks at which key, for the user's tensors, as a picture, as numbers or in the terminal.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/map.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/head_maps.h"
#include "cli/heatmap_ansi.h"
#include "cli/heatmap_html.h"
#include "cli/heatmap_png.h"
#include "cli/heatmap_svg.h"
#include "cli/input_case.h"
#include "cli/labels.h"
#include "cli/npy.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/whole_file.h"
#include "workbench/run.h"

namespace rapt::cli {
namespace {

struct MapOptions {
  InputOptions inputs;
  std::string heads, batch = "0", tokens, tokens_q, stage = "weights", output = "-", ink = "auto", threads;
  bool json = false;
};

constexpr const char* kStages[] = {"scaled", "softcapped", "masked", "weights"};  // indexed by RAPT_STAGE_*
constexpr const char* kEndings[] = {".png", ".svg", ".html", ".npy"};
constexpr size_t kHeadsInTerminal = 4;  // drawn unasked

int32_t parse_stage(const std::string& text) {
  for (int32_t stage = RAPT_STAGE_SCALED; stage <= RAPT_STAGE_WEIGHTS; ++stage) {
    if (text == kStages[stage]) return stage;
  }
  throw BadInput(fmt::format("--stage: '{}' is not one of {}", text, fmt::join(kStages, ", ")));
}

void check_ending(const std::string& output) {
  if (output == "-") return;
  for (const char* ending : kEndings) {
    if (output.size() > std::string(ending).size() && output.ends_with(ending)) return;
  }
  throw BadInput(fmt::format("--output: '{}' should end in {}; or be -, the terminal", output, fmt::join(kEndings, ", ")));
}

int64_t parse_sequence(const MapOptions& options, const workbench::Case& data) {
  const int64_t sequence = parse_integer("--batch", options.batch), count = static_cast<int64_t>(data.lens_q.size());
  if (sequence >= 0 && sequence < count) return sequence;
  throw BadInput(fmt::format("--batch: {} is not one of the sequences 0 to {}", sequence, count - 1));
}

std::vector<int64_t> parse_heads(const MapOptions& options, const workbench::Case& data) {
  const int64_t count = data.problem.q.shape[1];
  std::vector<int64_t> heads;
  if (options.heads.empty() || options.heads == "all") {
    const bool few = options.heads.empty() && options.output == "-" && !options.json && count > static_cast<int64_t>(kHeadsInTerminal);
    for (int64_t head = 0; head < (few ? 1 : count); ++head) heads.push_back(head);
    return heads;
  }
  for (const std::string& part : split(options.heads, ',')) {
    const int64_t head = parse_integer("--head", part);
    if (head < 0 || head >= count) throw BadInput(fmt::format("--head: {} is not one of the heads 0 to {}", head, count - 1));
    heads.push_back(head);
  }
  return heads;
}

struct Labels {
  std::vector<std::string> rows, cols;
};

void check_count(const std::string& option, const std::vector<std::string>& labels, int64_t count, const std::string& what) {
  if (static_cast<int64_t>(labels.size()) == count) return;
  throw BadInput(fmt::format("{}: {} labels do not fit the {} {} of this sequence; give one each", option, labels.size(), count, what));
}

// Queries without labels of their own are the last of the keys, as in a causal model, if there are as many keys or more.
Labels read_all_labels(const MapOptions& options, int64_t sequence, int64_t len_q, int64_t len_kv, int64_t padded_kv) {
  Labels labels;
  if (!options.tokens.empty()) {
    labels.cols = read_labels("--tokens", options.tokens, sequence);
    if (static_cast<int64_t>(labels.cols.size()) == padded_kv) labels.cols.resize(static_cast<size_t>(len_kv));  // labels of padding go
    check_count("--tokens", labels.cols, len_kv, "keys");
  }
  if (!options.tokens_q.empty()) {
    labels.rows = read_labels("--tokens-q", options.tokens_q, sequence);
    check_count("--tokens-q", labels.rows, len_q, "queries");
  } else if (len_q <= static_cast<int64_t>(labels.cols.size())) {
    labels.rows.assign(labels.cols.end() - len_q, labels.cols.end());
  }
  return labels;
}

std::string npy_of(const HeadMaps& maps) {
  const std::string header = npy_header(Element::f64, {static_cast<int64_t>(maps.heads.size()), maps.rows, maps.cols});
  return header + std::string(reinterpret_cast<const char*>(maps.values.data()), maps.values.size() * sizeof(double));
}

std::string draw_in_terminal(const std::vector<Heatmap>& pictures, const Terminal& terminal, int64_t heads_in_all) {
  std::string text;
  for (const Heatmap& picture : pictures) {
    text += fmt::format("{}   {}\n{}\n", picture.title, draw_legend(picture, terminal), draw_heatmap(picture, terminal, ""));
  }
  if (static_cast<int64_t>(pictures.size()) < heads_in_all) {
    text += fmt::format("{} of {} heads; --head all draws every one\n", pictures.size(), heads_in_all);
  }
  return text;
}

std::string json_of(const HeadMaps& maps, const std::string& stage, int64_t sequence) {
  nlohmann::ordered_json document = {{"stage", stage}, {"batch", sequence}, {"rows", maps.rows}, {"cols", maps.cols}};
  document["heads"] = nlohmann::ordered_json::array();
  for (size_t i = 0; i < maps.heads.size(); ++i) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (int64_t row = 0; row < maps.rows; ++row) {
      const auto begin = maps.values.begin() + (static_cast<int64_t>(i) * maps.rows + row) * maps.cols;
      rows.push_back(std::vector<double>(begin, begin + maps.cols));
    }
    document["heads"].push_back({{"head", maps.heads[i]}, {"map", rows}});
  }
  return document.dump() + "\n";
}

void write_picture(const MapOptions& options, const std::vector<Heatmap>& pictures) {
  std::string bytes;
  try {
    if (options.output.ends_with(".png")) bytes = png_of(pictures);
    if (options.output.ends_with(".svg")) bytes = svg_of(pictures);
    if (options.output.ends_with(".html")) bytes = html_of(pictures, fmt::format("{} of {}", options.stage, options.inputs.paths.at("q")));
  } catch (const std::length_error& error) {
    throw BadInput(fmt::format("--output: {}; choose fewer heads, or .npy", error.what()));
  }
  write_output("--output", options.output, bytes);
}

int run_map(MapOptions options) {
  check_ending(options.output);
  const int32_t stage = parse_stage(options.stage);
  const Terminal terminal = with_ink(terminal_of_stdout(), "--ink", options.ink);
  if (options.inputs.paths["v"].empty()) options.inputs.paths["v"] = options.inputs.paths["k"];  // a map has no use for v
  const workbench::Case data = load_case(options.inputs).data;
  const int64_t sequence = parse_sequence(options, data);
  const std::vector<int64_t> heads = parse_heads(options, data);
  const size_t at = static_cast<size_t>(sequence);
  const int64_t padded_kv = data.problem.kv_layout == RAPT_KV_DENSE ? data.problem.k.shape[2] : data.lens_kv[at];
  const Labels labels = read_all_labels(options, sequence, data.lens_q[at], data.lens_kv[at], padded_kv);

  const workbench::Context context = workbench::make_context(parse_threads("--threads", options.threads));
  const bool shows_progress = isatty(STDERR_FILENO) == 1;
  const HeadMaps maps = maps_of(context.get(), data, sequence, heads, stage, [&](double done) {
    if (shows_progress) fmt::print(stderr, "\r\x1b[K{}", done < 1 ? fmt::format("map {:.0f} %", 100 * done) : "");
  });
  if (options.output.ends_with(".npy")) {
    write_output("--output", options.output, npy_of(maps));
  } else if (options.output != "-") {
    write_picture(options, heatmaps_of(maps, stage, labels.rows, labels.cols));
  } else if (!options.json) {
    write_output("--output", "-", draw_in_terminal(heatmaps_of(maps, stage, labels.rows, labels.cols), terminal, data.problem.q.shape[1]));
  }
  if (options.json) write_output("--output", "-", json_of(maps, options.stage, sequence));
  return kDone;
}

}  // namespace

void add_map(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand("map", "Draw which query looks at which key, head by head");
  const auto options = std::make_shared<MapOptions>();
  command->add_option("file", options->inputs.file, "a .safetensors file with tensors named q, k, mask, ...");
  add_inputs(*command, options->inputs);
  add_value(*command, "--head", options->heads, "H,...", "query heads, from 0, or all");
  add_value(*command, "--batch", options->batch, "B", "which sequence, from 0");
  add_value(*command, "--tokens", options->tokens, "FILE", "labels of the keys: a line each, or JSON");
  add_value(*command, "--tokens-q", options->tokens_q, "FILE", "labels of the queries; default: the last of the keys' labels");
  add_value(*command, "--stage", options->stage, "STAGE", "scaled, softcapped, masked or weights");
  add_value(*command, "-o,--output", options->output, "FILE", ".png, .svg, .html, .npy (f64), or - for the terminal");
  add_value(*command, "--ink", options->ink, "INK", "how the terminal is drawn on: auto, 24bit, 256, shades or ascii");
  add_threads(*command, options->threads);
  add_json(*command, options->json);
  command->callback([options, &exit_code] { exit_code = run_map(*options); });
}

}  // namespace rapt::cli
