// The table of workloads: one line of text each, the prefill sweep spelled by four loops.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/workloads.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "workbench/suites.h"

namespace rapt::workbench {
namespace {

struct Line {
  const char* family;
  const char* problem;
};

constexpr Line kLines[] = {
    {"grouped", "f32:b1,hq32,hkv8,sq1024,d128:causal=br"},
    {"grouped", "bf16:b1,hq32,hkv8,sq1024,d128:causal=br"},
    {"grouped", "f16:b1,hq64,hkv8,sq1024,d64:causal=br,win=127:0"},
    {"short", "f32:b256,hq12,sq64,d32"},
    {"short", "f32:b64,hq12,sq128,d64"},
    {"short", "bf16:b64,hq8,sq128,d64"},
    {"ragged", "f32:b16,hq8,sq1024,d64:causal=br,lens=random:ragged"},
    {"ragged", "bf16:b16,hq32,hkv8,sq512,d128:causal=br,lens=random:ragged"},
    {"paged", "bf16:b8,hq32,hkv8,sq1,sk4096,d128:causal=br,lens=random:page16"},
    {"paged", "f16:b1,hq32,hkv8,sq1,sk65536,d128:causal=br:page16"},
    {"tiny", "f32:b1,hq1,sq1,d64"},
    {"tiny", "f32:b1,hq2,sq64,d64:causal=br"},
};
constexpr const char* kTypes[] = {"f32", "f16", "bf16"};

void add_prefill(std::vector<Workload>& list) {
  for (const char* type : kTypes) {
    for (const int head_dim : {64, 128}) {
      for (const int seqlen : {512, 1024, 2048, 4096}) {
        for (const char* causal : {"", ":causal=br"}) {
          list.push_back({"prefill", parse_problem(fmt::format("{}:b1,hq8,sq{},d{}{}", type, seqlen, head_dim, causal))});
        }
      }
    }
  }
}

// Neighbours in length, head_dim and mask, about as much work each: where efficiency falls off between two of them is a cliff. Lengths are
// on both sides of what a micro-kernel's rows (12 or 6, at the end 4 to 10) and a vector's keys (16 or 8) divide.
void add_shapes(std::vector<Workload>& list) {
  const auto add = [&list](const std::string& problem) { list.push_back({"shapes", parse_problem(problem)}); };
  for (const int seqlen : {16, 17, 23, 24, 28, 32, 33,  36,  37,  44,  48,  49,  56,  60,  61,   64,   65,
                           72, 73, 84, 85, 96, 97, 128, 129, 192, 193, 256, 257, 512, 768, 1024, 1025, 2048}) {
    const int batch = std::max(1, 1024 / seqlen);
    for (const char* rest : {"d64", "d64:causal=br", "d128"}) add(fmt::format("f32:b{},hq8,sq{},{}", batch, seqlen, rest));
  }
  for (const int head_dim : {16, 32, 40, 48, 72, 80, 96, 112, 160, 192, 256}) add(fmt::format("f32:b1,hq8,sq768,d{}", head_dim));
  for (const char* head_dims : {"d192,dv128", "d64,dv128", "d128,dv64", "d576,dv512"}) add(fmt::format("f32:b1,hq4,sq768,{}", head_dims));
  for (const char* type : {"f32", "f16", "bf16"}) add(fmt::format("{}:b1,hq8,sq1024,d96", type));
  for (const int left : {31, 63, 64, 127, 128, 255, 511, 1023}) add(fmt::format("f32:b1,hq4,sq4096,d64:causal=br,win={}:0", left));
  for (const int seqlen : {1024, 4096}) add(fmt::format("f32:b1,hq1,sq{},d128", seqlen));
  for (const int seqlen_q : {16, 17, 24, 25, 32, 33, 36, 37, 64, 65, 128, 256})
    add(fmt::format("f32:b1,hq8,sq{},sk4096,d128:causal=br", seqlen_q));
  for (const int heads_kv : {1, 2, 8}) add(fmt::format("f32:b1,hq8,hkv{},sq1024,d128:causal=br", heads_kv));
  add("f32:b4,hq2,sq8192,d64:causal=br,lens=random:ragged");
}

void add_decode(std::vector<Workload>& list) {
  for (const char* type : kTypes) {
    for (const char* heads : {"hq32,hkv8", "hq8"}) {
      for (const int seqlen_kv : {1024, 4096, 16384, 65536}) {
        list.push_back({"decode", parse_problem(fmt::format("{}:b1,{},sq1,sk{},d128:causal=br", type, heads, seqlen_kv))});
      }
    }
  }
}

// The field's sweep: 16k tokens in all, a hidden size of 2048.
void add_gpu_prefill(std::vector<Workload>& list) {
  constexpr int kTokens = 16384, kHidden = 2048;
  for (const char* type : {"bf16", "f16"}) {
    for (const int head_dim : {64, 128, 256}) {
      for (int seqlen = 512; seqlen <= kTokens; seqlen *= 2) {
        for (const char* causal : {"", ":causal=br"}) {
          const int batch = kTokens / seqlen, heads = kHidden / head_dim;
          list.push_back(
              {"gpu_prefill", parse_problem(fmt::format("{}:b{},hq{},sq{},d{}{}", type, batch, heads, seqlen, head_dim, causal))});
        }
      }
    }
  }
}

// One new token a sequence, 32 heads on 8, pages of 16: one long sequence, and batches whose caches together are as large.
void add_gpu_decode(std::vector<Workload>& list) {
  const auto add = [&list](int batch, int seqlen_kv, const char* rest) {
    list.push_back({"gpu_decode", parse_problem(fmt::format("bf16:b{},hq32,hkv8,sq1,sk{},d128{}", batch, seqlen_kv, rest))});
  };
  for (int seqlen_kv = 1024; seqlen_kv <= 131072; seqlen_kv *= 2) add(1, seqlen_kv, "::page16");
  for (const auto& [batch, seqlen_kv] : {std::pair{4, 32768}, {16, 8192}, {64, 2048}, {128, 1024}}) add(batch, seqlen_kv, "::page16");
  for (const int seqlen_kv : {1024, 8192, 131072}) add(1, seqlen_kv, "");
  add(16, 8192, ":lens=random:page16");
}

// At most 3 sequences of 70 rows, 2 key heads, and their query heads.
Problem reduced(Problem problem) {
  const int64_t group = problem.heads_q / problem.heads_kv;
  problem.batch = std::min<int64_t>(problem.batch, 3);
  problem.heads_kv = std::min<int64_t>(problem.heads_kv, 2);
  problem.heads_q = problem.heads_kv * group;
  problem.seqlen_q = std::min<int64_t>(problem.seqlen_q, 70);
  problem.seqlen_kv = std::min<int64_t>(problem.seqlen_kv, 70);
  return problem;
}

// `one` summed over the sequences of the case, each at its own lengths.
template <class One>
double over_sequences(Problem problem, const Case& data, One one) {
  problem.batch = 1;
  problem.lengths = "full";
  double sum = 0;
  for (size_t b = 0; b < data.lens_q.size(); ++b) {
    problem.seqlen_q = data.lens_q[b];
    problem.seqlen_kv = data.lens_kv[b];
    if (problem.seqlen_q > 0 && problem.seqlen_kv > 0) sum += one(problem);
  }
  return sum;
}

}  // namespace

bool for_gpus(const Workload& workload) { return workload.family.starts_with("gpu_"); }

std::vector<Workload> workloads() {
  std::vector<Workload> list;
  add_prefill(list);
  add_decode(list);
  add_shapes(list);
  add_gpu_prefill(list);
  add_gpu_decode(list);
  for (const Line& line : kLines) list.push_back({line.family, parse_problem(line.problem)});
  for (const std::string& model : preset_names()) {
    for (const Problem& problem : preset(model)) list.push_back({"model", problem});
  }
  return list;
}

std::vector<Workload> workloads_called(const std::string& name) {
  if (name.find(':') != std::string::npos) return {{"forward", parse_problem(name)}};
  std::vector<Workload> chosen, all = workloads();
  for (const Workload& workload : all) {
    if ((name == "all" && !for_gpus(workload)) || name == workload.family) chosen.push_back(workload);
  }
  const std::vector<std::string> models = preset_names();
  if (std::find(models.begin(), models.end(), name) != models.end()) {
    for (const Problem& problem : preset(name)) chosen.push_back({"model", problem});
  }
  if (chosen.empty()) {
    throw std::invalid_argument(
        fmt::format("no workload is called '{}': use all, prefill, grouped, decode, short, shapes, ragged, paged, "
                    "model, tiny, gpu_prefill, gpu_decode, {}, or a problem such as f32:b1,hq8,sq1024,d128",
                    name, fmt::join(models, ", ")));
  }
  return chosen;
}

std::vector<Workload> reduced(std::vector<Workload> list) {
  std::vector<Workload> kept;
  for (Workload& workload : list) {
    workload.problem = reduced(workload.problem);
    const auto same = [&workload](const Workload& other) { return other.problem == workload.problem; };
    if (std::none_of(kept.begin(), kept.end(), same)) kept.push_back(std::move(workload));
  }
  return kept;
}

double flops_of(const Problem& problem, const Case& data) { return over_sequences(problem, data, flops); }

double bytes_of(const Problem& problem, const Case& data) { return over_sequences(problem, data, unique_bytes); }

}  // namespace rapt::workbench
