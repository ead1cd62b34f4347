// Programmatic dependent launch: the prefix of the second grid first, on poison.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <utility>

#include "tests/emulator/atomics.h"
#include "tests/emulator/schedule.h"
#include "tests/emulator/supply.h"

namespace emu {
namespace {

struct Saved {
  DeviceMemory* buffer;
  std::vector<uint8_t> bytes;
  std::vector<uint16_t> written;
};

std::vector<Saved> poison(const std::vector<DeviceMemory*>& outputs) {
  std::vector<Saved> saved;
  for (DeviceMemory* d : outputs) {
    const auto* data = static_cast<const uint8_t*>(d->data());
    saved.push_back({d, std::vector<uint8_t>(data, data + d->size()), d->region().shadow.written()});
    d->fill(0xff);  // "written": that it is read too early is the finding, not that it is uninitialised
    d->region().awaited = true;
  }
  return saved;
}

void restore(std::vector<Saved>& saved) {
  for (Saved& s : saved) {
    if (!s.bytes.empty()) std::memcpy(s.buffer->data(), s.bytes.data(), s.bytes.size());
    s.buffer->region().shadow.set_written(std::move(s.written));
    s.buffer->region().awaited = false;
  }
}

}  // namespace

void griddepcontrol_wait(Site site) {
  const InEmulator in;
  if (!world->dependent || current->dependency_resolved) return;
  world->dependent_waiting.push_back(current->block->fibers + current->thread);
  block_on("griddepcontrol.wait", site);
}

void griddepcontrol_launch_dependents(Site) {}

PairReport run_dependent(const LaunchShape& first, const LaunchShape& second, const std::vector<DeviceMemory*>& outputs,
                         const Options& wished) {
  PairReport both;
  Options options = prepare(second, wished, both.dependent);
  if (!both.dependent.clean()) return both;
  options.resident = int(clusters_of(second, options));  // every block reaches its wait
  options.os_threads = 1;
  forget_global_accesses();
  forget_releases();
  ParamsCopy params(second);
  Supply supply(second, options, 1);
  std::vector<Saved> saved = poison(outputs);
  const std::unique_ptr<World> w = make_world(params.shape(), options, supply);
  w->dependent = true;
  enter_world(*w);
  start_threads();
  world = nullptr;
  restore(saved);
  const uint32_t boundary = 1 + supply.blocks;
  Options whole = wished;
  whole.first = 0, whole.count = ~uint64_t{0};
  both.predecessor = run_after(first, whole, boundary);
  world = w.get();
  w->dependent = false;
  for (Fiber& f : w->fibers) {
    f.clock.known_from = boundary;
    f.dependency_resolved = true;
  }
  for (Fiber* f : std::exchange(w->dependent_waiting, {})) wake(f);
  if (!w->dead) start_threads();
  both.dependent = std::move(w->report);
  leave_world(*w);
  return both;
}

}  // namespace emu
