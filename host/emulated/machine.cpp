// The emulated device, its tensor maps, and a run.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "emulated/machine.h"

#include <algorithm>

#include "cuda/cards.h"
#include "cuda/engine_on.h"
#include "emulated/device_args.h"
#include "tests/emulator/isa/tensor_map.h"

namespace rapt::emulated {
namespace {

constexpr int32_t kNewest = 90;

thread_local gpu::Device here = {"emulated", 0, 0, 0, 0};
thread_local int32_t multiprocessors = 0;  // 0: as many as the common card of the architecture

const gpu::Device* device(int32_t architecture, Text&) {
  here.architecture = architecture == 0 ? kNewest : architecture;
  here.multiprocessors = multiprocessors > 0 ? multiprocessors : gpu::card_of(here.architecture).multiprocessors;
  here.shared_per_block = (here.architecture == 80 ? 163 : here.architecture < 90 ? 99 : 227) << 10;
  return &here;
}

bool encode(const gpu::TensorMapRequest& request, simt::TensorMap& map, Text& fault) {
  emu::isa::TensorMapInfo info = {};
  info.base = static_cast<uint8_t*>(const_cast<void*>(request.base));
  info.type = request.type == kernels::ElementType::bf16 ? emu::isa::Element::bf16 : emu::isa::Element::f16;
  info.rank = request.rank;
  info.swizzle_bytes = 128;
  std::copy_n(request.dim, request.rank, info.dim);
  std::copy_n(request.stride, request.rank, info.stride);
  std::copy_n(request.box, request.rank, info.box);
  const char* broken = emu::isa::encode(map, info);
  if (broken != nullptr) fault.append("%s", broken);
  return broken == nullptr;
}

void put_in_words(int, Text&) {}  // the report has them

bool has_memory(const void* pointer) { return emu::find_global(pointer) != nullptr; }

}  // namespace

constinit const gpu::Machine kMachine = {
    "emulated",  kernels::emulated_forward, kernels::emulated_merge, kernels::emulated_merge_parts, has_memory, device, encode,
    put_in_words};

void set_multiprocessors(int32_t count) { multiprocessors = count; }

rapt_status run(const Request& request, const Choice& choice, const rapt_args& host, int misalign, kernels::EmulatedCall& call,
                Text& fault) {
  call.report = {};  // launches add to it
  const DeviceArgs device_args(request.problem, host, misalign);
  emu::DeviceMemory workspace(choice.workspace, "workspace");  // whose bytes nobody has written
  void* const memory = choice.workspace > 0 ? workspace.data() : nullptr;
  const rapt_status status = gpu::run(kMachine, request, choice, device_args.args(), memory, &call, fault);
  device_args.bring_back();
  return status;
}

emu::Options policy(emu::Options options, unsigned turn) {
  if (turn == 0) return options;
  options.landing = turn == 1 ? emu::Landing::eager : emu::Landing::random;
  options.order = turn == 1 ? emu::Order::random : emu::Order::skewed;
  options.seed += turn;
  return options;
}

}  // namespace rapt::emulated
