// Products of warpgroups in flight.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>

#include "tests/emulator/isa/wgmma.h"
#include "tests/emulator/world.h"

namespace emu {

// Registers that products add to: [64][n], in here from the first issue until no product on them is pending. Meanwhile the kernel's own
// copy is NaN.
struct Accumulator {
  float* d[128];
  int n;
  int pending = 0;
  std::vector<float> value;
};

struct Product {
  WgmmaOperands operands;
  isa::WgmmaType type;
  std::shared_ptr<Accumulator> accumulator;
  std::vector<uint32_t> a;  // of register operands: [128][4]
  bool done = false;
  Site site;
};

struct WarpgroupState {
  bool fenced = false;
  uint32_t committed = 0;  // groups so far; the open one will be this + 1
  std::vector<Product> open;
  std::deque<std::vector<Product>> groups;
  std::vector<std::shared_ptr<Accumulator>> accumulators;
};

void compute(Product& product, const Block& block);  // wgmma_product.cpp

void reset_products(Block& block);
void check_products_at_exit(Block& block);

}  // namespace emu
