// The engines, and the table of their kernels.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "api/engines.h"

#include <algorithm>
#include <cstring>

#include "api/read_struct.h"
#include "cpu/engine.h"
#include "cuda/engine.h"
#include "emulated/engine.h"
#include "reference/engine.h"

namespace rapt::api {
namespace {

constexpr const Engine* kEngines[] = {&cuda::kEngine, &cpu::kEngine, &reference::kEngine, &emulated::kEngine};

}  // namespace

std::span<const Engine* const> engines() { return kEngines; }

const Engine* find_engine(int32_t id) {
  for (const Engine* engine : kEngines) {
    if (engine->id == id) return engine;
  }
  return nullptr;
}

bool auto_may_use(const Engine& engine) { return engine.id != RAPT_ENGINE_REFERENCE && engine.id != RAPT_ENGINE_EMULATED; }

const char* engine_name(int32_t id) {
  switch (id) {
    case RAPT_ENGINE_REFERENCE: return "reference";
    case RAPT_ENGINE_CPU: return "cpu";
    case RAPT_ENGINE_CUDA: return "cuda";
    case RAPT_ENGINE_EMULATED: return "emulated";
  }
  return "auto";
}

}  // namespace rapt::api

int32_t rapt_variant_at(int32_t index, rapt_variant* variant) {
  using namespace rapt::api;
  const size_t ours = sizeof(rapt_variant);
  if (index < 0 || check_struct_size("variant", variant, kFirstSize<rapt_variant>, ours) != RAPT_OK) return 0;
  for (const rapt::Engine* engine : engines()) {
    rapt_variant row = {};
    row.arch = "";
    for (int32_t of_engine = 0; engine->variant_at(of_engine, row); ++of_engine) {
      if (index-- > 0) continue;
      row.struct_size = variant->struct_size;
      std::memcpy(variant, &row, std::min(ours, variant->struct_size));
      return 1;
    }
  }
  return 0;
}
