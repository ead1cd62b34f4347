// Making findings.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/finding.h"

#include <algorithm>
#include <cstdio>
#include <functional>

#include "tests/emulator/supply.h"

namespace emu {

std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

Access here(const char* instruction, Site site, const Fiber* fiber) {
  Access a;
  a.instruction = instruction;
  a.file = site.file ? site.file : "";
  a.line = site.line;
  if (!fiber) fiber = current;
  if (fiber) {
    a.block = fiber->block->index;
    a.thread = fiber->thread;
  }
  return a;
}

Finding finding(Kind kind, const char* instruction, Site site) {
  Finding f{};
  f.kind = kind;
  f.here = here(instruction, site);
  return f;
}

Access access_of(const Mark& mark) {
  Access a;
  describe_place(mark.place, a);
  const simt::Dim3 cluster = world->shape.cluster;
  const uint32_t linear = block_of(mark.agent) - world->supply.first_serial, of_cluster = cluster.x * cluster.y * cluster.z;
  if (linear >= world->supply.blocks) {
    a.agent = "of the other grid";
    a.write = mark.write;
    return a;
  }
  a.block = block_index(world->shape, world->supply.first + linear / of_cluster, linear % of_cluster);
  a.write = mark.write;
  const int index = index_of(mark.agent), threads = world->shape.threads;
  if (index < threads) {
    a.thread = index;
    if (mark.stamp == kPending) a.agent = "asynchronous and not yet waited for by that thread";
  } else if (index < threads + kBarrierSlots) {
    a.agent = "completing on an mbarrier";
    for (const Block& b : world->blocks)
      if (b.serial == block_of(mark.agent))
        for (const BarrierObject& o : b.barriers)
          if (o.slot == index - threads)
            a.agent += " at shared + " + std::to_string(o.offset) + ", phase " + std::to_string(mark.stamp - 1 - o.phase_base);
  } else {
    a.agent = "by warpgroup " + std::to_string(index - threads - kBarrierSlots) + ", its product not yet known to be finished";
  }
  return a;
}

void add(Finding f) {
  World& w = *world;
  const std::string where = f.here.file + ":" + std::to_string(f.here.line) + f.here.instruction + f.other.file + ":" +
                            std::to_string(f.other.line) + f.other.instruction + (f.here.line ? "" : f.detail);
  const uint64_t key = std::hash<std::string>()(where) * 32 + uint64_t(f.kind);
  ++w.report.total;
  if (std::find(w.reported.begin(), w.reported.end(), key) != w.reported.end()) return;
  if (int(w.report.findings.size()) >= w.options.max_findings) return;
  w.reported.push_back(key);
  w.report.findings.push_back(std::move(f));
}

void report(Kind kind, const char* instruction, Site site, std::string detail) {
  Finding f = finding(kind, instruction, site);
  f.detail = std::move(detail);
  add(std::move(f));
}

void report_at(Kind kind, const char* instruction, Site site, const Region& region, size_t offset, size_t bytes, std::string detail) {
  Finding f = finding(kind, instruction, site);
  f.buffer = region.name;
  f.offset = int64_t(offset);
  f.bytes = int(bytes);
  f.detail = std::move(detail);
  add(std::move(f));
}

}  // namespace emu
