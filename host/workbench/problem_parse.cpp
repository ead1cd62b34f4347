// Reads problem strings: one table row per word of the grammar, one sentence per mistake.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "workbench/problem.h"

namespace rapt::workbench {
namespace {

using Value = std::optional<std::string_view>;  // what follows '=', if there was one

[[noreturn]] void refuse(const std::string& sentence) { throw std::invalid_argument("problem string: " + sentence); }

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) return false;
  }
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool read_pattern(std::string_view text, std::string& pattern) {
  constexpr std::string_view kDimensions = "bhqk";
  if (text.size() != kDimensions.size()) return false;
  for (size_t dim = 0; dim < kDimensions.size(); ++dim) {
    if (text[dim] != '1' && text[dim] != kDimensions[dim]) return false;
  }
  pattern = text;
  return true;
}

bool read_alignment(std::string_view text, Problem& p) {
  if (text == "br") return p.align = RAPT_ALIGN_BOTTOM_RIGHT, true;
  if (text == "tl") return p.align = RAPT_ALIGN_TOP_LEFT, true;
  p.align = RAPT_ALIGN_OFFSET;
  return read_number(text, p.offset);
}

bool read_causal(Problem& p, Value value) {
  p.causal = true;
  return !value || read_alignment(*value, p);
}

bool read_window(Problem& p, Value value) {
  const auto sides = split(*value, ':');
  return sides.size() == 2 && read_number(sides[0], p.window_left) && read_number(sides[1], p.window_right);
}

bool read_scale(Problem& p, Value value) {
  double scale = 0;
  if (!read_number(*value, scale)) return false;
  p.scale = scale;
  return true;
}

bool read_bias(Problem& p, Value value) {
  const auto parts = split(*value, '/');
  if (parts.size() == 2) p.bias_type = parse_type(std::string(parts[1]));
  return parts.size() <= 2 && read_pattern(parts[0], p.bias);
}

bool read_alibi(Problem& p, Value value) {
  p.alibi = true;
  p.alibi_per_batch = value.has_value();
  return !value || *value == "batch";
}

bool read_choice(std::string& field, Value value, std::initializer_list<std::string_view> choices) {
  field = *value;
  for (const std::string_view choice : choices) {
    if (*value == choice) return true;
  }
  return false;
}

enum class Takes { nothing, maybe, value };

struct Word {
  std::string_view name;
  Takes takes;
  std::string_view allowed;  // completes "... takes"
  bool (*read)(Problem&, Value);
};

constexpr Word kSemantics[] = {
    {"causal", Takes::maybe, "br (bottom-right), tl (top-left) or an offset, as in causal=br", read_causal},
    {"align", Takes::value, "br, tl or an offset, as in align=tl", [](Problem& p, Value v) { return read_alignment(*v, p); }},
    {"win", Takes::value, "LEFT:RIGHT in keys, -1 for unbounded, as in win=127:0", read_window},
    {"cap", Takes::value, "a finite number, as in cap=50", [](Problem& p, Value v) { return read_number(*v, p.softcap); }},
    {"scale", Takes::value, "a finite number, as in scale=0.125", read_scale},
    {"mask", Takes::value, "a pattern of bhqk with 1 for a dimension that is broadcast, as in mask=b1qk",
     [](Problem& p, Value v) { return read_pattern(*v, p.mask); }},
    {"bias", Takes::value, "a pattern of bhqk with 1 for a dimension that is broadcast, and a type if not f32, as in bias=1hqk/f16",
     read_bias},
    {"alibi", Takes::maybe, "nothing, or batch for slopes per sequence, as in alibi=batch", read_alibi},
    {"sinks", Takes::nothing, "", [](Problem& p, Value) { return p.sinks = true; }},
    {"nolse", Takes::nothing, "", [](Problem& p, Value) { return !(p.lse = false); }},
    {"lse2", Takes::nothing, "", [](Problem& p, Value) { return p.lse_base2 = true; }},
    {"invariant", Takes::nothing, "", [](Problem& p, Value) { return p.batch_invariant = true; }},
    {"lens", Takes::value, "full, random or edges, as in lens=random",
     [](Problem& p, Value v) {
       return read_choice(p.lengths, v, {"full", "random", "edges"});
     }},
    {"data", Takes::value, "normal, peaked, outliers, equal, large or uniform, as in data=peaked",
     [](Problem& p, Value v) {
       return read_choice(p.distribution, v, {"normal", "peaked", "outliers", "equal", "large", "uniform"});
     }},
    {"seed", Takes::value, "a whole number from 0, as in seed=7", [](Problem& p, Value v) { return read_number(*v, p.seed); }},
};

// What has been read so far, so that nothing is said twice.
struct Reading {
  Problem problem;
  std::vector<std::string_view> seen;
  bool kv_ragged = false, both_ragged = false;

  void once(std::string_view what, std::string_view token) {
    for (const std::string_view earlier : seen) {
      if (earlier == what) refuse(quoted(token) + " sets " + std::string(what) + " a second time; leave one");
    }
    seen.push_back(what);
  }
  bool has(std::string_view what) const {
    for (const std::string_view earlier : seen) {
      if (earlier == what) return true;
    }
    return false;
  }
};

void read_types(std::string_view text, Problem& p) {
  const auto names = split(text, '/');
  if (names.size() != 1 && names.size() != 4) {
    refuse("TYPE " + quoted(text) + " must be one type, or four as q/k/v/o: f32, f16, bf16 or f64");
  }
  rapt_type* const types[] = {&p.q_type, &p.k_type, &p.v_type, &p.o_type};
  for (size_t i = 0; i < 4; ++i) *types[i] = parse_type(std::string(names[names.size() == 4 ? i : 0]));
}

void read_shape(std::string_view text, Reading& reading) {
  Problem& p = reading.problem;
  const struct {
    std::string_view name;
    int64_t* field;
    int64_t least;
  } sizes[] = {{"b", &p.batch, 0},      {"hq", &p.heads_q, 1}, {"hkv", &p.heads_kv, 1}, {"sq", &p.seqlen_q, 0},
               {"sk", &p.seqlen_kv, 0}, {"d", &p.head_dim, 1}, {"dv", &p.head_dim_v, 1}};
  for (const std::string_view token : split(text, ',')) {
    const std::string_view name = token.substr(0, token.find_first_of("-0123456789"));
    bool known = false;
    for (const auto& size : sizes) {
      if (size.name != name) continue;
      known = true;
      reading.once(size.name, token);
      if (!read_number(token.substr(name.size()), *size.field) || *size.field < size.least ||
          *size.field > std::numeric_limits<int32_t>::max()) {
        refuse("SHAPE part " + quoted(token) + ": " + std::string(name) + " takes a whole number from " + std::to_string(size.least) +
               " to 2147483647, as in " + std::string(name) + "8");
      }
    }
    if (!known) refuse("SHAPE part " + quoted(token) + " is unknown; it is made of b, hq, hkv, sq, sk, d and dv, as in b1,hq8,sq128,d64");
  }
  for (const std::string_view needed : {"sq", "d"}) {
    if (!reading.has(needed))
      refuse("SHAPE " + quoted(text) + " lacks " + std::string(needed) + "; it needs at least sq and d, as in sq128,d64");
  }
  if (!reading.has("hkv")) p.heads_kv = p.heads_q;
  if (!reading.has("sk")) p.seqlen_kv = p.seqlen_q;
  if (!reading.has("dv")) p.head_dim_v = p.head_dim;
}

bool read_layout(std::string_view token, Reading& reading) {
  Problem& p = reading.problem;
  using Layout = Problem::Layout;
  const struct {
    std::string_view name;
    Layout layout;
  } orders[] = {{"bhsd", Layout::bhsd}, {"bshd", Layout::bshd}, {"strided", Layout::strided}};
  for (const auto& order : orders) {
    if (token == order.name) return reading.once("the order of dimensions", token), p.layout = order.layout, true;
  }
  if (token == "ragged" || token == "raggedq")
    return reading.once("ragged q", token), p.ragged_q = true, reading.both_ragged |= token == "ragged", true;
  if (token == "raggedkv") return reading.once("the layout of k and v", token), reading.kv_ragged = true;
  const struct {
    std::string_view name;
    int32_t layout;
  } pages[] = {{"page", RAPT_KV_BLOCK_TABLE}, {"list", RAPT_KV_PAGE_LIST}, {"pointers", RAPT_KV_PAGE_POINTERS}};
  for (const auto& paged : pages) {
    if (token.substr(0, paged.name.size()) != paged.name) continue;
    reading.once("the layout of k and v", token);
    p.kv_layout = paged.layout;
    if (!read_number(token.substr(paged.name.size()), p.page_size) || p.page_size < 1 ||
        p.page_size > std::numeric_limits<int32_t>::max()) {
      refuse("LAYOUT part " + quoted(token) + ": " + std::string(paged.name) + " takes the keys a page holds, from 1, as in " +
             std::string(paged.name) + "16");
    }
    return true;
  }
  return false;
}

void read_semantics(std::string_view token, Reading& reading) {
  const size_t equals = token.find('=');
  const std::string_view name = token.substr(0, equals);
  const Value value = equals == std::string_view::npos ? Value() : token.substr(equals + 1);
  std::string names;
  for (const Word& word : kSemantics) {
    names += std::string(word.name) + ' ';
    if (word.name != name) continue;
    reading.once(word.name, token);
    const bool wanted = value ? word.takes != Takes::nothing : word.takes != Takes::value;
    if (wanted && word.read(reading.problem, value)) return;
    refuse("SEMANTICS part " + quoted(token) + ": " + std::string(name) + " takes " +
           (word.takes == Takes::nothing ? "no value" : std::string(word.allowed)));
  }
  refuse("part " + quoted(token) + " is unknown; SEMANTICS is made of " + names +
         "and LAYOUT of bhsd bshd strided ragged raggedq raggedkv pageN listN pointersN");
}

// SEMANTICS and LAYOUT as tokens. win=L:R holds a ':' of its own.
std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  int parts = 1;
  for (size_t begin = 0; begin <= text.size();) {
    size_t end = text.find_first_of(",:", begin);
    if (end != std::string_view::npos && text[end] == ':' && text.substr(begin, 4) == "win=") end = text.find_first_of(",:", end + 1);
    if (end == std::string_view::npos) end = text.size();
    if (end < text.size() && text[end] == ':') ++parts;
    if (end > begin) tokens.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (parts > 2)
    refuse("there are more than four parts; it is TYPE:SHAPE[:SEMANTICS][:LAYOUT], as in f32:b1,hq8,sq128,d64:causal=br:page16");
  return tokens;
}

}  // namespace

rapt_type parse_type(const std::string& name) {
  const struct {
    std::string_view name;
    rapt_type type;
  } types[] = {{"f32", RAPT_F32}, {"f16", RAPT_F16}, {"bf16", RAPT_BF16}, {"f64", RAPT_F64}};
  for (const auto& known : types) {
    if (known.name == name) return known.type;
  }
  throw std::invalid_argument("type " + quoted(name) + " is unknown; it is f32, f16, bf16 or f64");
}

Problem parse_problem(const std::string& text) {
  const std::string_view whole = text;
  const size_t shape = whole.find(':');
  if (shape == std::string_view::npos)
    refuse(quoted(text) + " has no SHAPE; it is TYPE:SHAPE[:SEMANTICS][:LAYOUT], as in f32:b1,hq8,sq128,d64");
  const size_t rest = whole.find(':', shape + 1);
  Reading reading;
  read_types(whole.substr(0, shape), reading.problem);
  read_shape(whole.substr(shape + 1, rest == std::string_view::npos ? rest : rest - shape - 1), reading);
  if (rest != std::string_view::npos) {
    for (const std::string_view token : tokens_of(whole.substr(rest + 1))) {
      if (!read_layout(token, reading)) read_semantics(token, reading);
    }
  }
  if (reading.has("causal") && reading.has("align"))
    refuse("align is for problems without causal; write causal=br, causal=tl or causal=OFFSET");
  Problem& p = reading.problem;
  if (reading.kv_ragged || (reading.both_ragged && p.kv_layout == RAPT_KV_DENSE)) p.kv_layout = RAPT_KV_RAGGED;
  return p;
}

}  // namespace rapt::workbench
