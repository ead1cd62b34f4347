// Heads of real models, drawn.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/demo_heads.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/data/embedded_files.h"
#include "cli/heatmap.h"
#include "cli/heatmap_ansi.h"
#include "cli/labels.h"

namespace rapt::cli {
namespace {

std::string word(const Layer& layer, int64_t token, const Terminal& terminal) {
  return printable(layer.tokens[static_cast<size_t>(token)], terminal.utf8, 12);
}

// Keys of a row, heaviest first, equal ones in their order.
std::vector<int64_t> heaviest_keys(const Layer& layer, int64_t head, int64_t row) {
  std::vector<int64_t> keys(static_cast<size_t>(layer.attention.seqlen));
  std::iota(keys.begin(), keys.end(), 0);
  const auto heavier = [&](int64_t a, int64_t b) { return layer.weight(head, row, a) > layer.weight(head, row, b); };
  std::stable_sort(keys.begin(), keys.end(), heavier);
  return keys;
}

std::string draw_head(const Layer& layer, int64_t head, const Terminal& terminal) {
  const int64_t n = layer.attention.seqlen;
  Heatmap map;
  map.rows = map.cols = n;
  map.values.assign(layer.weights.begin() + head * n * n, layer.weights.begin() + (head + 1) * n * n);
  map.row_labels = layer.tokens;
  map.power = 0.7;
  std::vector<std::string> notes;
  for (int64_t row = 0; row < n; ++row) {
    const int64_t key = heaviest_keys(layer, head, row)[0];
    notes.push_back(fmt::format("{:.2f} {}", layer.weight(head, row, key), word(layer, key, terminal)));
  }
  return draw_heatmap(map, terminal, "   ", notes);
}

// The tokens on the colours of their weights in a row, between the first and the last, which are markers; nothing without colours.
std::string shade_sentence(const Layer& layer, int64_t head, int64_t row, const Terminal& terminal) {
  constexpr size_t kMostColumns = 80;
  if (!terminal.has_colours()) return "";
  std::string text = "     ";
  size_t columns = 0;
  for (int64_t token = 1; token + 1 < layer.attention.seqlen; ++token) {
    const std::string padded = " " + word(layer, token, terminal) + " ";
    if (columns + columns_of(padded) > kMostColumns) {
      text += "\n     ";
      columns = 0;
    }
    columns += columns_of(padded);
    text += shade_text(padded, std::pow(layer.weight(head, row, token), 0.7), terminal);
  }
  return text + "\n\n";
}

std::string print_title(const Layer& layer, int64_t head) {
  return fmt::format("   {}, layer {}, head {} of {}, on the text\n   \"{}\"\n\n", layer.model, layer.layer, head, layer.attention.heads_q,
                     layer.text);
}

std::string print_check(const Layer& layer) {
  return fmt::format("   All {1} heads by {0}: largest error {3:.1e}, {4:.3f} of what f32 may be off by here.\n", layer.engine.kernel,
                     layer.attention.heads_q, layer.attention.seqlen, layer.engine.worst_error, layer.engine.error_of_bound);
}

}  // namespace

Layer solve_layer(rapt_context* context, int32_t engine, const std::string& name) {
  const std::span<const std::byte> file = embedded_file(name + "/case.json");
  const nlohmann::json meta = nlohmann::json::parse(file.begin(), file.end());
  Layer layer;
  layer.name = name;
  layer.model = meta.at("model");
  layer.text = meta.at("text");
  layer.next_token = meta.value("next_token", "");
  layer.layer = meta.at("layer");
  layer.tokens = meta.at("tokens").get<std::vector<std::string>>();

  Attention& attention = layer.attention;
  attention.name = name;
  attention.q = embedded_matrix(name + "/q.npy");
  attention.k = embedded_matrix(name + "/k.npy");
  attention.v = embedded_matrix(name + "/v.npy");
  attention.seqlen = static_cast<int64_t>(layer.tokens.size());
  attention.heads_q = attention.q.rows / attention.seqlen;
  attention.heads_kv = attention.k.rows / attention.seqlen;
  attention.scale = meta.at("scale");
  attention.causal = !meta.at("causal").is_null();

  const workbench::Case data = case_of(attention, RAPT_F32);
  layer.weights = map_of(context, data, RAPT_STAGE_WEIGHTS);
  layer.engine = answer_of(context, data, engine, embedded_matrix(name + "/o.npy").values);
  return layer;
}

double previous_token_mean(const Layer& layer, int64_t head) {
  double sum = 0;
  for (int64_t row = 1; row < layer.attention.seqlen; ++row) sum += layer.weight(head, row, row - 1);
  return sum / static_cast<double>(layer.attention.seqlen - 1);
}

std::string print_lookup(const Layer& layer, const Terminal& terminal) {
  constexpr int64_t kHead = 5;
  const int64_t last = layer.attention.seqlen - 1;
  const std::vector<int64_t> keys = heaviest_keys(layer, kHead, last);
  std::string text = print_title(layer, kHead) +
                     "   A row is a word, a column a word it may look at: itself and those before. Lighter is more.\n\n" +
                     draw_head(layer, kHead, terminal);
  text += fmt::format("\n   The last \"{}\" must be followed by a capital. It looks at capitals: {} {:.2f}, {} {:.2f}.\n",
                      word(layer, last, terminal), word(layer, keys[0], terminal), layer.weight(kHead, last, keys[0]),
                      word(layer, keys[1], terminal), layer.weight(kHead, last, keys[1]));
  text += fmt::format("   The model goes on: \"{}\".\n", printable(layer.next_token, terminal.utf8, 20));
  return text + print_check(layer);
}

std::string print_previous(const Layer& layer, const Terminal& terminal) {
  constexpr int64_t kHead = 1;
  std::string text =
      fmt::format("   {}, layer {}, head {} of {}, on that text.\n\n", layer.model, layer.layer, kHead, layer.attention.heads_q);
  text += draw_head(layer, kHead, terminal);
  text += fmt::format("\n   One diagonal: every word looks at the word before it, with {:.2f} on average.\n",
                      previous_token_mean(layer, kHead));
  return text + print_check(layer);
}

std::string print_reference(const Layer& layer, const Terminal& terminal) {
  constexpr int64_t kHead = 4;
  constexpr int kShown = 6, kBarWidth = 60;
  const auto it = std::find(layer.tokens.begin(), layer.tokens.end(), "it");
  const int64_t row = it - layer.tokens.begin();
  std::string text = print_title(layer, kHead);
  text += "   What is \"it\", the thing that was too large? The six tokens that \"it\" looks at most:\n\n";
  text += shade_sentence(layer, kHead, row, terminal);
  const std::vector<int64_t> keys = heaviest_keys(layer, kHead, row);
  for (int i = 0; i < kShown; ++i) {
    const double weight = layer.weight(kHead, row, keys[static_cast<size_t>(i)]);
    const std::string bar = draw_bar(weight, kBarWidth, terminal);
    text += fmt::format("     {:10} {:.2f} {}\n", word(layer, keys[static_cast<size_t>(i)], terminal), weight, bar);
  }
  text += "\n   The trophy, not the suitcase.\n";
  return text + print_check(layer);
}

nlohmann::json json_of(const Layer& layer, int64_t head) {
  const int64_t n = layer.attention.seqlen;
  nlohmann::json rows = nlohmann::json::array();
  for (int64_t row = 0; row < n; ++row) {
    const auto begin = layer.weights.begin() + (head * n + row) * n;
    rows.push_back(std::vector<double>(begin, begin + n));
  }
  return {{"case", layer.name},
          {"model", layer.model},
          {"layer", layer.layer},
          {"head", head},
          {"tokens", layer.tokens},
          {"weights", rows},
          {"kernel", layer.engine.kernel},
          {"worst_error", layer.engine.worst_error},
          {"error_of_bound", layer.engine.error_of_bound}};
}

}  // namespace rapt::cli
