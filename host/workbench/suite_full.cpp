// The long suite: every feature, every pair of features, and sweeps over lengths, head sizes, groups, pages and data.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "workbench/suite_lists.h"
#include "workbench/suites.h"

namespace rapt::workbench {
namespace {

using List = std::vector<Problem>;

// A feature by its words in a problem string. Two features of one kind exclude each other.
struct Feature {
  const char* kind;
  const char* words;
};

constexpr Feature kSemantics[] = {{"causal", "causal=br"},    {"causal", "causal=tl"},  {"causal", "causal=-3"},  {"causal", "causal=9"},
                                  {"causal", "align=tl"},     {"causal", "align=4"},    {"window", "win=7:-1"},   {"window", "win=-1:4"},
                                  {"window", "win=9:2"},      {"window", "win=0:0"},    {"cap", "cap=2"},         {"scale", "scale=0"},
                                  {"scale", "scale=-0.7"},    {"scale", "scale=1.2"},   {"mask", "mask=bhqk"},    {"mask", "mask=b1qk"},
                                  {"mask", "mask=b11k"},      {"mask", "mask=1hq1"},    {"bias", "bias=bhqk"},    {"bias", "bias=1hqk/f16"},
                                  {"bias", "bias=b11k/bf16"}, {"alibi", "alibi"},       {"alibi", "alibi=batch"}, {"sinks", "sinks"},
                                  {"lse", "nolse"},           {"lse", "lse2"},          {"lens", "lens=random"},  {"lens", "lens=edges"},
                                  {"data", "data=peaked"},    {"data", "data=outliers"}};

constexpr Feature kLayouts[] = {{"order", "bshd"},     {"order", "strided"},   {"ragged", "ragged"},
                                {"ragged", "raggedq"}, {"ragged", "raggedkv"}, {"pages", "page7"},
                                {"pages", "page16"},   {"pages", "list7"},     {"pages", "pointers7"}};

const char* const kTypes[] = {"f32", "f16", "bf16", "f32/bf16/bf16/f32", "bf16/f16/f32/f16"};

void add(List& list, const std::string& text) { list.push_back(parse_problem(text)); }

// A pair that the grammar refuses is no problem: ragged k beside pages.
bool excludes(const Feature& a, const Feature& b) {
  const std::string kinds[] = {a.kind, b.kind};
  const bool ragged_kv = std::string(a.words) == "raggedkv" || std::string(b.words) == "raggedkv";
  return kinds[0] == kinds[1] || (ragged_kv && (kinds[0] == "pages" || kinds[1] == "pages"));
}

// The shapes that pairs of features run on: prefill in one type and decode with grouped heads in another, changing as the suite goes on.
void add_features(List& list, const std::string& semantics, const std::string& layouts) {
  const size_t turn = list.size();
  const char* const prefill[] = {"b2,hq2,sq19,sk37,d24", "b3,hq4,hkv2,sq33,sk17,d40", "b2,hq3,hkv1,sq9,sk65,d16,dv24"};
  const char* const decode[] = {"b3,hq6,hkv2,sq1,sk67,d32", "b2,hq4,hkv1,sq3,sk129,d48", "b4,hq2,sq2,sk31,d64"};
  const std::string rest = ":" + semantics + (layouts.empty() ? "" : ":" + layouts);
  add(list, std::string(kTypes[turn / 2 % 5]) + ":" + prefill[turn / 2 % 3] + rest);
  add(list, std::string(kTypes[(turn / 2 + 1) % 5]) + ":" + decode[turn / 2 % 3] + rest);
}

void add_feature_pairs(List& list) {
  const std::string seed[] = {"seed=1", "seed=2"};  // what mask hides is poison for one and visible for the other
  for (const Feature& a : kSemantics) {
    add_features(list, a.words, "");
    for (const Feature& b : kLayouts) add_features(list, std::string(a.words) + "," + seed[list.size() / 2 % 2], b.words);
    for (const Feature* b = &a + 1; b != std::end(kSemantics); ++b) {
      if (!excludes(a, *b)) add_features(list, fmt::format("{},{},{}", a.words, b->words, seed[list.size() / 2 % 2]), "");
    }
  }
  for (const Feature& a : kLayouts) {
    for (const Feature* b = &a + 1; b != std::end(kLayouts); ++b) {
      if (!excludes(a, *b))
        add_features(list, "causal=br,lens=random," + seed[list.size() / 2 % 2], fmt::format("{},{}", a.words, b->words));
    }
  }
}

void add_lengths(List& list) {
  const int lengths[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 97, 127, 128, 129, 191, 193, 255, 256, 257};
  size_t turn = 0;
  for (const int length : lengths) {
    for (const char* semantics : {"", ":causal=br"}) {
      add(list, fmt::format("{}:hq2,sq{},d40{}", kTypes[turn++ % 5], length, semantics));
      add(list, fmt::format("{}:hq4,hkv2,sq1,sk{},d64{}", kTypes[turn++ % 5], length, semantics));
      add(list, fmt::format("{}:hq2,sq{},sk33,d32{}", kTypes[turn++ % 5], length, semantics));
      add(list, fmt::format("{}:hq2,sq17,sk{},d32{}", kTypes[turn++ % 5], length, semantics));
    }
  }
  const int pairs[][2] = {{799, 3}, {239, 1}, {511, 1}, {113, 203}, {108, 256}, {129, 64}, {129, 257}, {3, 799}, {5, 2}, {2, 5}};
  for (const auto& [q, kv] : pairs) {
    add(list, fmt::format("f32:sq{},sk{},d16:causal=br", q, kv));
    add(list, fmt::format("bf16:sq{},sk{},d16:causal=br,win=32:-1", q, kv));
  }
}

void add_head_sizes(List& list) {
  const char* const sizes[] = {"d1",   "d2",         "d3",        "d7",       "d8",       "d15",        "d16",  "d17",
                               "d32",  "d40",        "d48",       "d59",      "d64",      "d72",        "d80",  "d96",
                               "d111", "d112",       "d127",      "d128",     "d129",     "d160",       "d192", "d224",
                               "d256", "d192,dv128", "d64,dv128", "d128,dv1", "d1,dv128", "d576,dv512", "d320", "d512"};
  for (const char* size : sizes) {
    for (const char* type : {"f32", "f16", "bf16"}) {
      add(list, fmt::format("{}:hq2,sq18,sk35,{}:causal=br", type, size));
      add(list, fmt::format("{}:b2,hq4,hkv2,sq1,sk67,{}", type, size));
    }
  }
}

void add_groups(List& list) {
  const int groups[][2] = {{1, 1}, {2, 1},  {3, 1},  {4, 1},  {5, 1},  {6, 1},  {7, 1},  {8, 1},
                           {9, 3}, {12, 4}, {14, 2}, {16, 1}, {17, 1}, {32, 8}, {33, 1}, {64, 8}};
  size_t turn = 0;
  for (const auto& [q, kv] : groups) {
    for (const char* shape : {"sq1,sk130,d32", "sq3,sk65,d64", "sq17,sk34,d16"}) {
      add(list, fmt::format("{}:b2,hq{},hkv{},{}:causal=br,sinks,alibi,lens=random", kTypes[turn++ % 5], q, kv, shape));
    }
  }
}

void add_data(List& list) {
  for (const char* data : {"normal", "peaked", "outliers", "equal", "large", "uniform"}) {
    for (const char* type : kTypes) {
      for (const char* semantics : {"", "causal=br,", "cap=30,", "scale=1.2,"}) {
        add(list, fmt::format("{}:hq2,sq49,sk129,d64:{}data={}", type, semantics, data));
        add(list, fmt::format("{}:hq4,hkv2,sq1,sk513,d128:{}data={}", type, semantics, data));
      }
    }
  }
}

void add_pages(List& list) {
  size_t turn = 0;
  for (const char* pages : {"page", "list", "pointers"}) {
    for (const int size : {1, 2, 7, 16, 64, 128, 300}) {
      for (const char* order : {"", "bshd,", "strided,"}) {
        for (const char* shape : {"b3,hq4,hkv2,sq1,sk131,d64", "b3,hq2,sq18,sk131,d32"}) {
          for (const char* semantics : {"lens=random", "causal=br,lens=edges,seed=2"}) {
            add(list, fmt::format("{}:{}:{}:{}{}{}", kTypes[turn++ % 5], shape, semantics, order, pages, size));
          }
        }
      }
    }
  }
}

void add_long_keys(List& list) {
  for (const int keys : {511, 512, 513, 1023, 1025, 2047, 2049, 4095, 4097, 8193, 20001}) {
    for (const char* type : {"f32", "bf16"}) {
      add(list, fmt::format("{}:hq1,sq1,sk{},d64", type, keys));
      add(list, fmt::format("{}:hq4,hkv1,sq1,sk{},d32:sinks,win=300:-1", type, keys));
      add(list, fmt::format("{}:b2,hq2,hkv1,sq2,sk{},d32:causal=br,lens=random:page16", type, keys));
    }
  }
  for (const int batch : {1, 2, 3, 5, 16, 67})
    add(list, fmt::format("f32:b{},hq2,sq3,sk19,d16:causal=br,lens=random,seed={}:ragged", batch, batch));
}

}  // namespace

std::vector<Problem> full_suite() {
  List list = smoke_suite();
  add_feature_pairs(list);
  add_lengths(list);
  add_head_sizes(list);
  add_groups(list);
  add_data(list);
  add_pages(list);
  add_long_keys(list);
  for (uint64_t seed = 0; seed < 300; ++seed) list.push_back(random_problem(seed));
  std::set<std::string> seen;
  std::erase_if(list, [&seen](const Problem& problem) { return !seen.insert(print_problem(problem)).second; });
  return list;
}

}  // namespace rapt::workbench
