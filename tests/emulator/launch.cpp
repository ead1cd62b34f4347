// A launch: one world an OS thread, or two grids of which one depends on the other.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/launch.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <thread>

#include "tests/emulator/schedule.h"
#include "tests/emulator/supply.h"

namespace emu {
namespace {

uint64_t clusters_of(const LaunchShape& s) {
  return uint64_t(s.grid.x / s.cluster.x) * (s.grid.y / s.cluster.y) * (s.grid.z / s.cluster.z);
}

void merge(Report& into, Report from, int max_findings) {
  for (Finding& f : from.findings)
    if (int(into.findings.size()) < max_findings) into.findings.push_back(std::move(f));
  into.total += from.total;
  into.blocks += from.blocks;
  into.switches += from.switches;
  into.collectives += from.collectives;
  into.matrix_phases += from.matrix_phases;
  into.bank_conflicts += from.bank_conflicts;
}

// What a launch refuses before any block runs.
bool refuse(const LaunchShape& s, Report& report) {
  std::string why;
  const simt::Dim3 g = s.grid, c = s.cluster;
  if (s.threads <= 0 || s.threads > 1024) why = "a block has 1 to 1024 threads, not " + std::to_string(s.threads);
  if (g.x == 0 || g.y == 0 || g.z == 0 || g.y > 65535 || g.z > 65535) why = "the grid is empty, or y or z exceed 65535";
  if (s.shared_bytes > 227 * 1024) why = std::to_string(s.shared_bytes) + " bytes of shared memory; no block has more than 232448";
  if (c.x * c.y * c.z > 8 || g.x % c.x || g.y % c.y || g.z % c.z) why = "a cluster has at most 8 blocks and divides the grid";
  if (why.empty()) return false;
  Finding f{};
  f.kind = Kind::out_of_bounds;
  f.here.instruction = "launch";
  f.detail = why;
  report.findings.push_back(f);
  report.total = 1;
  return true;
}

Options within_reason(const LaunchShape& shape, Options o) {
  const uint32_t alignment = uint32_t(std::max<size_t>(16, shape.shared_alignment));
  o.shared_base = (o.shared_base + alignment - 1) / alignment * alignment;
  if (o.resident > 1) o.os_threads = 1;
  return o;
}

}  // namespace

Report run(const LaunchShape& given, const Options& wished) {
  Report report;
  if (refuse(given, report)) return report;
  std::vector<uint64_t> params((given.params_bytes + 7) / 8 + 8);  // aligned for a tensor map, and the kernel's own copy
  LaunchShape shape = given;
  auto* copy = reinterpret_cast<uint8_t*>((uintptr_t(params.data()) + 63) / 64 * 64);
  params.resize(params.size() + 16);
  copy = reinterpret_cast<uint8_t*>((uintptr_t(params.data()) + 63) / 64 * 64);
  std::memcpy(copy, given.params, given.params_bytes);
  shape.params = copy;
  const Options options = within_reason(shape, wished);
  forget_global_accesses();
  Supply supply;
  supply.clusters = clusters_of(shape);
  std::mutex mutex;
  const auto work = [&] {
    const std::unique_ptr<World> w = make_world(shape, options, supply);
    enter_world(*w);
    start_threads();
    leave_world(*w);
    const std::lock_guard<std::mutex> lock(mutex);
    merge(report, std::move(w->report), options.max_findings);
  };
  std::vector<std::thread> others;
  for (int i = 1; i < options.os_threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& t : others) t.join();
  return report;
}

}  // namespace emu
