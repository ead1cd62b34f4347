// Who a thread is, and conversions that the kernels borrow from isa/.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/access.h"
#include "tests/emulator/finding.h"
#include "tests/emulator/isa/convert.h"
#include "tests/emulator/world.h"

namespace emu {

int thread() { return current->thread; }
int lane() { return current->lane; }
int warp() { return current->warp; }
int block_threads() { return current->block->threads; }
int cluster_rank() { return current->block->rank; }
int cluster_size() { return int(world->shape.cluster.x * world->shape.cluster.y * world->shape.cluster.z); }
simt::Dim3 block() { return current->block->index; }
simt::Dim3 grid() { return world->shape.grid; }

float f16_to_float(uint16_t bits) { return isa::f16_to_float(bits); }
uint16_t float_to_f16(float value) { return isa::float_to_f16(value); }
float e4m3_to_float(uint8_t bits) { return isa::e4m3_to_float(bits); }
uint8_t float_to_e4m3(float value) { return isa::float_to_e4m3(value); }
uint32_t float_to_tf32(float value) { return isa::float_to_tf32(value); }

uint32_t shared_address(const void* p, Site site) {
  const InEmulator in;
  const Block& block = *current->block;
  if (p != block.shared + block.region->size) locate_shared(p, 0, 1, "cvta.to.shared", site);  // one past the end may be asked for
  return window_address(block, p);
}

}  // namespace emu
