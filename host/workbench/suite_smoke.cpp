// The short suite: each feature, type and layout at least once, at sizes one off from tiles.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/suite_lists.h"

namespace rapt::workbench {

std::vector<Problem> smoke_suite() {
  const char* const texts[] = {
      // sizes: one row, one key, nothing at all, one off from tiles
      "f32:sq1,d1", "f32:sq1,sk0,d8", "f32:b2,sq0,sk5,d8", "f32:b2,hq3,sq17,sk33,d40", "f32:hq2,sq65,sk129,d64", "f32:hq2,sq127,sk63,d128",
      "f32:b3,hq2,sq31,sk257,d59", "f32:sq15,sk16,d256", "f32:sq7,sk9,d192,dv128", "f32:sq9,sk33,d64,dv111",
      // causal, windows, alignment
      "f32:hq2,sq65,d64:causal=br", "f32:hq2,sq33,sk65,d32:causal=br", "f32:sq65,sk33,d32:causal=br", "f32:sq33,sk65,d32:causal=tl",
      "f32:sq33,sk65,d32:causal=-5", "f32:sq33,sk65,d32:causal=40", "f32:sq65,sk129,d40:win=16:-1", "f32:sq65,sk129,d40:win=-1:7",
      "f32:sq65,sk129,d40:align=tl,win=16:3", "f32:sq129,d40:causal=br,win=31:-1", "f32:sq33,sk33,d40:win=0:0",
      // scores: scale, softcap, bias, alibi, sinks, masks
      "f32:sq17,sk33,d32:scale=0", "f32:sq17,sk33,d32:scale=-1.2", "f32:sq17,sk33,d72:cap=5,data=peaked",
      "f32:b2,hq2,sq17,sk33,d32:mask=bhqk", "f32:b2,hq2,sq17,sk33,d32:mask=111k", "f32:b2,hq2,sq17,sk33,d32:causal=br,mask=b1qk",
      "f32:b2,hq2,sq17,sk33,d32:bias=bhqk", "f32:b2,hq2,sq17,sk33,d32:bias=1h1k/f16", "f32:b2,hq2,sq17,sk33,d32:cap=5,bias=b1qk/bf16",
      "f32:b2,hq5,sq17,sk33,d32:causal=br,alibi", "f32:b2,hq5,sq17,sk33,d32:align=3,alibi=batch",
      "f32:b2,hq3,sq17,sk33,d32:causal=br,sinks", "f32:b2,hq2,sq5,sk5,d32:nolse", "f32:b2,hq2,sq5,sk5,d32:lse2",
      "f32:b2,hq2,sq5,sk5,d32:mask=bhqk,sinks,lse2",
      // types
      "f16:hq2,sq33,sk65,d64", "bf16:hq2,sq33,sk65,d64", "f16:hq2,sq33,sk65,d64:causal=br,data=peaked",
      "bf16:hq2,sq33,sk65,d64:data=outliers", "f32/f16/bf16/f32:hq2,sq33,sk65,d64", "bf16/f16/f32/f16:hq2,sq33,sk65,d40:causal=br",
      "f16/bf16/bf16/f32:hq4,hkv1,sq1,sk129,d64",
      // distributions
      "f32:sq17,sk65,d64:data=equal", "f32:sq17,sk65,d64:data=large", "f32:sq17,sk65,d64:data=uniform",
      // decode and grouped heads
      "f32:b2,hq8,hkv2,sq1,sk257,d64", "bf16:b2,hq8,hkv1,sq1,sk1025,d128", "f16:b3,hq6,hkv2,sq3,sk129,d80:causal=br",
      "f32:hq2,sq1,sk4097,d64", "bf16:hq16,hkv1,sq1,sk129,d576,dv512::page64",
      // lengths and layouts
      "f32:b3,hq2,sq17,sk33,d32:lens=random", "f32:b9,hq2,sq17,sk33,d32:causal=br,lens=edges", "f32:b2,hq3,sq17,sk33,d32:bshd",
      "f32:b2,hq3,sq17,sk33,d32:causal=br,mask=bhqk,bias=bhqk:strided", "f32:b4,hq2,sq17,sk33,d32:lens=random:ragged",
      "bf16:b4,hq4,hkv2,sq17,sk33,d32:causal=br,lens=random:bshd,ragged", "f32:b4,hq2,sq17,sk33,d32:lens=edges:raggedq",
      "f32:b4,hq2,sq17,sk33,d32:lens=random:raggedkv", "f32:b3,hq4,hkv2,sq5,sk33,d32:causal=br,lens=random:page1",
      "f16:b3,hq4,hkv2,sq1,sk65,d64:lens=random,seed=2:bshd,page16", "f32:b3,hq4,hkv2,sq5,sk33,d32:causal=br,win=8:-1:page7",
      "f32:b3,hq4,hkv2,sq5,sk33,d32:lens=edges:list7", "bf16:b3,hq4,hkv2,sq1,sk65,d64:lens=random,seed=2:strided,list16",
      "f32:b3,hq4,hkv2,sq5,sk33,d32:lens=random:pointers7", "bf16:b3,hq4,hkv2,sq1,sk65,d64:lens=random,seed=2:bshd,pointers16",
      "f32:b4,hq4,hkv2,sq9,sk33,d32:causal=br,lens=random,mask=b1qk:ragged,page16"};
  std::vector<Problem> problems;
  for (const char* text : texts) problems.push_back(parse_problem(text));
  return problems;
}

}  // namespace rapt::workbench
