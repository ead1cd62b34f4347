// The table of machines, best first. To add one: a row here, and its number of accumulator rows in tile/vec.h; one with a dot product of
// bf16 (AMX, NEON): its instructions in tile/bf16_word.h. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/tile/kernels.h"  // declarations only, once per instruction set
#include <hwy/foreach_target.h>
//
#include "cpu/tile/kernels.h"
//
#include <hwy/targets.h>

#include <cstring>

#include "cpu/engine.h"
#include "cpu/machine.h"

namespace rapt::cpu {
namespace {

const Machine kMachines[] = {
#if HWY_TARGETS & HWY_AVX3
    {"avx512_bf16",
     HWY_AVX3,
     N_AVX3::kPanel,
     {"f32", 1, N_AVX3::pack, N_AVX3::prefill},
     {"pairs of bf16", 2, N_AVX3::pack_bf16, N_AVX3::prefill_bf16},
     N_AVX3::decode,
     N_AVX3::store},
    {"avx512", HWY_AVX3, N_AVX3::kPanel, {"f32", 1, N_AVX3::pack, N_AVX3::prefill}, {}, N_AVX3::decode, N_AVX3::store},
#endif
#if HWY_TARGETS & HWY_AVX2
    {"avx2", HWY_AVX2, N_AVX2::kPanel, {"f32", 1, N_AVX2::pack, N_AVX2::prefill}, {}, N_AVX2::decode, N_AVX2::store},
#endif
#if HWY_TARGETS & HWY_SSE4
    {"sse4", HWY_SSE4, N_SSE4::kPanel, {"f32", 1, N_SSE4::pack, N_SSE4::prefill}, {}, N_SSE4::decode, N_SSE4::store},
#endif
#if HWY_TARGETS & HWY_NEON
    {"neon", HWY_NEON, N_NEON::kPanel, {"f32", 1, N_NEON::pack, N_NEON::prefill}, {}, N_NEON::decode, N_NEON::store},
#endif
#if HWY_TARGETS & HWY_SCALAR
    {"scalar", 0, N_SCALAR::kPanel, {"f32", 1, N_SCALAR::pack, N_SCALAR::prefill}, {}, N_SCALAR::decode, N_SCALAR::store},
#endif
};

bool has_bf16_dot() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

}  // namespace

const Machine* machine_at(int32_t index) {
  const bool inside = index >= 0 && static_cast<size_t>(index) < sizeof kMachines / sizeof kMachines[0];
  return inside ? &kMachines[index] : nullptr;
}

bool machine_runs_here(const Machine& machine) {
  static const int64_t supported = hwy::SupportedTargets();  // cpuid traps on virtual machines: 16 us a question
  if (machine.bf16.prefill != nullptr && !has_bf16_dot()) return false;
  return machine.hwy_target == 0 || (supported & machine.hwy_target) != 0;
}

const Machine* machine_named(const char* name) {
  for (const Machine& machine : kMachines)
    if (std::strcmp(machine.name, name) == 0) return &machine;
  return nullptr;
}

const char* best_isa(const char* max_isa) {
  const Machine* machine = max_isa == nullptr ? kMachines : machine_named(max_isa);
  if (machine == nullptr) return nullptr;
  while (!machine_runs_here(*machine)) ++machine;  // the last row runs everywhere
  return machine->name;
}

const char* isa_names() {
#if defined(__x86_64__)
  return "scalar, sse4, avx2, avx512, avx512_bf16";
#else
  return "scalar, neon";
#endif
}

}  // namespace rapt::cpu
