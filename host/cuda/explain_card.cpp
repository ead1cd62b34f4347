// Occupancy and roofline in words.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "cuda/cards.h"
#include "cuda/explain.h"
#include "cuda/roofline.h"

namespace rapt::gpu {
namespace {

struct Scaled {
  double value;
  const char* prefix;
};
Scaled scaled(double value) {
  const char* const prefixes[] = {"", "k", "M", "G", "T", "P", "E"};
  int at = 0;
  while (std::abs(value) >= 1000 && at < 6) value /= 1000, ++at;
  return {value, prefixes[at]};
}

}  // namespace

void explain_occupancy(const kernels::Variant& row, int64_t blocks, int32_t architecture, const Device* device, Text& text) {
  const Card& card = card_of(architecture);
  const Occupancy occupancy = occupancy_of(row, card);
  const int32_t multiprocessors = device != nullptr ? device->multiprocessors : card.multiprocessors;
  if (row.registers > 0) text.append("  registers: %d a thread\n", row.registers);
  text.append("  occupancy: %d block%s a multiprocessor, by its %s\n", occupancy.blocks, occupancy.blocks == 1 ? "" : "s", occupancy.limit);
  text.append("  grid: %lld blocks, %.2f waves on the %d multiprocessors of %s\n", static_cast<long long>(blocks),
              static_cast<double>(blocks) / (static_cast<double>(multiprocessors) * occupancy.blocks), multiprocessors,
              device != nullptr ? device->name : card.name);
}

void explain_roofline(const kernels::Variant& row, const rapt_problem& problem, int32_t architecture, Text& text) {
  const Card& card = card_of(architecture);
  const Work work = work_of(problem);
  const double peak = peak_of(row, card), ridge = peak / card.bytes, intensity = work.bytes > 0 ? work.flops / work.bytes : 0;
  const Scaled flops = scaled(work.flops), bytes = scaled(work.bytes);
  text.append("  roofline: %.3g %sFLOP over %.3g %sB moved at least, %.3g FLOP/B; the ridge of %s is at %.3g: %s\n", flops.value,
              flops.prefix, bytes.value, bytes.prefix, intensity, card.name, ridge,
              intensity < ridge ? "below it, memory is the bound" : "above it, the tensor cores are the bound");
  text.append("  least time: %.3g us there\n", 1e6 * std::max(work.flops / peak, work.bytes / card.bytes));
}

}  // namespace rapt::gpu
