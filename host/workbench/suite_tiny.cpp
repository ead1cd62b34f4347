// The suite for memory checkers, which make kernels a hundred times slower: every kind of GPU kernel a few times, ragged ends, more keys
// than a ring of tiles holds. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/suite_lists.h"

namespace rapt::workbench {

std::vector<Problem> tiny_suite() {
  const char* const texts[] = {"bf16:hq2,hkv1,sq130,sk200,d64:causal=br",
                               "f16:hq2,hkv1,sq130,sk200,d64",
                               "bf16:hq2,hkv1,sq130,sk200,d128",
                               "f16:hq2,hkv1,sq130,sk200,d128:causal=br",
                               "bf16:b2,hq2,sq65,sk129,d96:lens=random,seed=3",
                               "f16:b2,hq2,sq70,sk70,d80:causal=br,lens=random:ragged",
                               "bf16:hq4,hkv1,sq3,sk333,d256:win=100:0",
                               "bf16:hq2,sq100,sk150,d192,dv128:causal=br",
                               "f16:b2,hq2,sq33,sk129,d64:cap=5,mask=b1qk,bias=1hqk/f16,alibi,sinks",
                               "bf16:b2,hq8,hkv2,sq1,sk300,d128:lens=random:page16",
                               "f16:b2,hq8,hkv2,sq1,sk300,d64:lens=random,seed=2:list7",
                               "bf16:b2,hq4,hkv2,sq2,sk130,d128:lens=random:pointers16",
                               "bf16:hq8,hkv1,sq1,sk1025,d128",
                               "f32:hq2,sq67,sk133,d64:causal=br",
                               "f32:hq4,hkv2,sq1,sk300,d128"};
  std::vector<Problem> problems;
  for (const char* text : texts) problems.push_back(parse_problem(text));
  return problems;
}

}  // namespace rapt::workbench
