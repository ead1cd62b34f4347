// A launch: one world an OS thread.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/launch.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <thread>

#include "tests/emulator/atomics.h"
#include "tests/emulator/schedule.h"
#include "tests/emulator/supply.h"

namespace emu {
namespace {

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

std::string refusal(const LaunchShape& s, const Options& o) {
  const simt::Dim3 g = s.grid, c = s.cluster;
  if (s.threads <= 0 || s.threads > 1024) return "a block has 1 to 1024 threads, not " + std::to_string(s.threads);
  if (g.x == 0 || g.y == 0 || g.z == 0 || g.y > 65535 || g.z > 65535) return "the grid is empty, or y or z exceed 65535";
  if (s.shared_bytes > 227 * 1024) return std::to_string(s.shared_bytes) + " bytes of shared memory; no block has more than 232448";
  if (c.x * c.y * c.z == 0 || c.x * c.y * c.z > 8 || g.x % c.x || g.y % c.y || g.z % c.z)
    return "a cluster has 1 to 8 blocks and divides the grid";
  if (clusters_of(s, o) * (c.x * c.y * c.z) >= 1u << 19) return "the emulator runs fewer than 2^19 blocks of a grid";
  return "";
}

}  // namespace

Options prepare(const LaunchShape& shape, const Options& wished, Report& report) {
  Options o = wished;
  const uint32_t alignment = uint32_t(std::max<size_t>(16, shape.shared_alignment));
  o.shared_base = (o.shared_base + alignment - 1) / alignment * alignment;
  if (o.resident > 1) o.os_threads = 1;
#if defined(RAPT_WITHOUT_HOOKS)
  o.uninitialised = false;  // plain stores are not seen
#endif
  const std::string why = refusal(shape, o);
  if (!why.empty()) {
    Finding f{};
    f.kind = Kind::launch;
    f.here.instruction = "launch";
    f.detail = why;
    report.findings.push_back(f);
    report.total = 1;
  }
  return o;
}

ParamsCopy::ParamsCopy(const LaunchShape& shape) : lines_((shape.params_bytes + 63) / 64), shape_(shape) {
  std::memcpy(lines_.data(), shape.params, shape.params_bytes);
  shape_.params = lines_.data();
}

Report run_after(const LaunchShape& given, const Options& wished, uint32_t first_serial) {
  Report report;
  const Options options = prepare(given, wished, report);
  if (!report.clean()) return report;
  const ParamsCopy params(given);
  Supply supply(given, options, first_serial);
  std::mutex mutex;
  const auto work = [&] {
    const std::unique_ptr<World> w = make_world(params.shape(), options, supply);
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

Report run(const LaunchShape& shape, const Options& options) {
  forget_global_accesses();
  forget_releases();
  return run_after(shape, options, 1);
}

}  // namespace emu
