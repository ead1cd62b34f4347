// Attention as real models ask for it: heads, sizes and masks of their published configurations.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "workbench/suites.h"

namespace rapt::workbench {
namespace {

struct Preset {
  const char* name;
  std::vector<const char*> problems;  // prefill first, then decode
};

const std::vector<Preset>& presets() {
  static const std::vector<Preset> list = {
      {"llama3.1",
       {"bf16:hq32,hkv8,sq2048,d128:causal=br", "bf16:hq32,hkv8,sq1,sk8192,d128", "bf16:b8,hq32,hkv8,sq1,sk4096,d128:lens=random:page16"}},
      {"llama3.1-70b", {"bf16:hq64,hkv8,sq2048,d128:causal=br", "bf16:hq64,hkv8,sq1,sk8192,d128"}},
      {"llama3.2-1b", {"bf16:hq32,hkv8,sq2048,d64:causal=br", "bf16:hq32,hkv8,sq1,sk8192,d64"}},
      {"qwen2.5", {"bf16:hq28,hkv4,sq2048,d128:causal=br", "bf16:hq28,hkv4,sq1,sk8192,d128"}},
      {"qwen3", {"bf16:hq32,hkv8,sq2048,d128:causal=br", "bf16:b4,hq32,hkv8,sq1,sk8192,d128::page16"}},
      {"mistral", {"bf16:hq32,hkv8,sq8192,d128:causal=br,win=4095:-1", "bf16:hq32,hkv8,sq1,sk8192,d128:win=4095:-1"}},
      {"gemma2",
       {"bf16:hq16,hkv8,sq2048,d256:causal=br,cap=50", "bf16:hq16,hkv8,sq8192,d256:causal=br,win=4095:-1,cap=50",
        "bf16:hq16,hkv8,sq1,sk8192,d256:cap=50"}},
      {"gpt-oss",
       {"bf16:hq64,hkv8,sq2048,d64:causal=br,sinks", "bf16:hq64,hkv8,sq2048,d64:causal=br,win=127:-1,sinks",
        "bf16:hq64,hkv8,sq1,sk8192,d64:sinks", "bf16:hq64,hkv8,sq1,sk8192,d64:win=127:-1,sinks"}},
      {"phi2", {"f16:hq32,sq2048,d80:causal=br", "f16:hq32,sq1,sk2048,d80"}},
      {"phi3-mini", {"bf16:hq32,sq4096,d96:causal=br,win=2046:-1", "bf16:hq32,sq1,sk4096,d96:win=2046:-1"}},
      {"falcon", {"bf16:hq71,hkv1,sq2048,d64:causal=br", "bf16:hq71,hkv1,sq1,sk2048,d64"}},
      {"bloom", {"bf16:hq32,sq2048,d128:causal=br,alibi", "bf16:hq32,sq1,sk2048,d128:alibi"}},
      {"smollm2", {"f32:hq9,hkv3,sq2048,d64:causal=br", "f32:hq9,hkv3,sq1,sk8192,d64"}},
      {"deepseek", {"bf16:hq128,sq1024,d192,dv128:causal=br", "bf16:hq128,hkv1,sq1,sk4096,d576,dv512:scale=0.07216878364870322:page64"}},
      {"bert-base", {"f32:b8,hq12,sq512,d64", "f32:b8,hq12,sq512,d64:mask=b11k"}},
      {"minilm", {"f32:b32,hq12,sq128,d32", "f32:b32,hq12,sq256,d32:lens=random:bshd,ragged"}},
      {"t5", {"f32:b4,hq12,sq512,d64:scale=1,bias=1hqk", "f32:b4,hq12,sq1,sk512,d64:scale=1,bias=1h1k"}},
      {"whisper", {"f16:hq20,sq1500,d64", "f16:b5,hq20,sq1,sk1500,d64", "f16:b5,hq20,sq1,sk448,d64"}},
      {"vit", {"f32:b8,hq12,sq197,d64"}},
      {"stable-diffusion", {"f16:b2,hq8,sq4096,d40", "f16:b2,hq8,sq4096,sk77,d40", "f16:b2,hq8,sq1024,d80", "f16:b2,hq8,sq256,d160"}},
  };
  return list;
}

}  // namespace

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.emplace_back(preset.name);
  return names;
}

std::vector<Problem> preset(const std::string& name) {
  std::string known;
  for (const Preset& candidate : presets()) {
    known += std::string(known.empty() ? "" : ", ") + candidate.name;
    if (name != candidate.name) continue;
    std::vector<Problem> problems;
    for (const char* text : candidate.problems) problems.push_back(parse_problem(text));
    return problems;
  }
  throw std::invalid_argument("preset \"" + name + "\" is unknown; it is one of " + known);
}

}  // namespace rapt::workbench
