// Accesses to memory: found, bounds-checked, checked against the shadow.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/access.h"

#include <algorithm>
#include <mutex>

#include "tests/emulator/finding.h"
#include "tests/emulator/schedule.h"

namespace emu {
namespace {

std::mutex global_shadow;  // of all registered buffers, where several OS threads run blocks

Block* block_at(const void* p) {
  World& w = *world;
  const size_t at = size_t(static_cast<const uint8_t*>(p) - w.arena);
  return w.arena && at < w.pitch * w.blocks.size() ? &w.blocks[at / w.pitch] : nullptr;
}

[[noreturn]] void leave(Finding f, const Region& region, int64_t offset, size_t bytes) {
  f.buffer = region.name;
  f.offset = offset;
  f.bytes = int(bytes);
  f.detail = region.name + " has " + std::to_string(region.size) + " bytes";
  add(std::move(f));
  abandon();
}

Where inside(Region& region, const void* p, size_t bytes, const char* instruction, Site site) {
  const int64_t offset = static_cast<const uint8_t*>(p) - region.data;
  if (offset < 0 || size_t(offset) + bytes > region.size) leave(finding(Kind::out_of_bounds, instruction, site), region, offset, bytes);
  return {&region, size_t(offset)};
}

void conflict(Conflict what, const Where& where, size_t bytes, size_t at, const Touch& t, const Mark& earlier, Finding f) {
  f.kind = what == Conflict::proxy ? Kind::proxy : Kind::race;
  f.here.write = t.write;
  f.other = access_of(earlier);
  f.has_other = true;
  f.buffer = where.region->name;
  f.offset = int64_t(at);
  f.bytes = int(std::min(where.offset + bytes, at / 16 * 16 + 16) - at);
  if (what == Conflict::proxy) {
    f.detail = "written through the generic proxy, now accessed through the async proxy: fence.proxy.async is missing between them";
  } else if (earlier.stamp == kPending || index_of(earlier.agent) >= world->shape.threads) {
    f.detail = earlier.write ? "the data may not have arrived: nothing orders this after the copy's completion"
                             : "the earlier read may still be going on: nothing orders this after its end";
  } else {
    f.detail = "nothing orders one after the other";
  }
  add(std::move(f));
}

template <class Describe>
void touch_with(const Where& where, size_t bytes, const Touch& t, const Describe& describe) {
  const Options& o = world->options;
  if (!where.region || bytes == 0 || (!o.race && !o.uninitialised)) return;
  Region& region = *where.region;
  const bool locked = !region.owner && o.os_threads > 1;
  if (locked) global_shadow.lock();
  size_t at = 0;
  bool missing = false;
  if (t.write) {
    region.shadow.mark_written(where.offset, bytes);
  } else if (o.uninitialised && !region.shadow.all_written(where.offset, bytes, at)) {
    missing = true;
    region.shadow.mark_written(where.offset, bytes);  // said once
  }
  Mark earlier;
  size_t race_at = 0;
  const Conflict found = o.race ? region.shadow.touch(where.offset, bytes, t, earlier, race_at) : Conflict::none;
  if (locked) global_shadow.unlock();
  if (missing) {
    Finding f = describe();
    f.kind = Kind::uninitialised;
    f.buffer = region.name;
    f.offset = int64_t(at);
    f.bytes = int(where.offset + bytes - at);
    f.detail = "nobody has written these bytes";
    add(std::move(f));
  }
  if (found != Conflict::none) conflict(found, where, bytes, race_at, t, earlier, describe());
}

void early_read(const Where& where, size_t bytes, Finding f) {
  f.kind = Kind::early_read;
  f.buffer = where.region->name;
  f.offset = int64_t(where.offset);
  f.bytes = int(bytes);
  f.detail = "the predecessor grid writes this buffer: griddepcontrol.wait comes first";
  add(std::move(f));
}

}  // namespace

Where locate(const void* p, size_t bytes, const char* instruction, Site site) {
  if (Block* b = block_at(p)) {
    if (b != current->block) {
      report(Kind::out_of_bounds, instruction, site, "an address in the shared memory of another block");
      abandon();
    }
    return inside(*b->region, p, bytes, instruction, site);
  }
  Region* region = find_global(p);
  if (!region) return {};
  const Where where = inside(*region, p, bytes, instruction, site);
  if (region->awaited && !current->dependency_resolved) early_read(where, bytes, finding(Kind::early_read, instruction, site));
  return where;
}

void require_aligned(const void* p, size_t alignment, const char* instruction, Site site, const Where& where) {
  if (uintptr_t(p) % alignment == 0) return;
  report_at(Kind::misaligned, instruction, site, *where.region, where.offset, 0,
            "the address must be a multiple of " + std::to_string(alignment));
  abandon();
}

Where locate_shared(const void* p, size_t bytes, size_t alignment, const char* instruction, Site site) {
  const Where where = locate(p, bytes, instruction, site);
  if (!where.region || !where.region->owner) {
    report(Kind::out_of_bounds, instruction, site, "the address is not in this block's shared memory");
    abandon();
  }
  require_aligned(p, alignment, instruction, site, where);
  return where;
}

Where locate_global(const void* p, size_t bytes, size_t alignment, const char* instruction, Site site) {
  const Where where = locate(p, bytes, instruction, site);
  if (!where.region || where.region->owner) {
    report(Kind::out_of_bounds, instruction, site, "the address " + hex(uintptr_t(p)) + " is in no registered global buffer");
    abandon();
  }
  require_aligned(p, alignment, instruction, site, where);
  return where;
}

Touch touch_of(Fiber& fiber, bool write, Place place) {
  Touch t;
  t.agent = fiber.clock.self;
  t.stamp = fiber.clock.own;
  t.place = place;
  t.write = write;
  t.clock = &fiber.clock;
  return t;
}

void touch(const Where& where, size_t bytes, const Touch& t, const char* instruction, Site site, const Fiber* fiber) {
  touch_with(where, bytes, t, [&] {
    Finding f = finding(Kind::race, instruction, site);
    f.here = here(instruction, site, fiber);
    return f;
  });
}

void mark_written(const Where& where, size_t bytes) {
  if (where.region && bytes) where.region->shadow.mark_written(where.offset, bytes);
}

void generic_access(Fiber& fiber, const Where& where, size_t bytes, bool write, const char* instruction, Site site) {
  if (!where.region) return;
  if (where.region->owner && where.region->shadow.any_object(where.offset, bytes))
    report_at(Kind::mbarrier, instruction, site, *where.region, where.offset, bytes, "touches the bytes of a live mbarrier");
  touch(where, bytes, touch_of(fiber, write, place_of(instruction, site)), instruction, site, &fiber);
}

void plain_access(const void* p, size_t bytes, bool write, size_t alignment, const void* program_counter) {
  if (world->stacks->contains(p)) return;
  const InEmulator in;
  const auto describe = [&] {
    Finding f{};
    f.here = here("", {nullptr, 0});
    Access place;
    describe_place(place_of_plain(program_counter, write), place);
    f.here.instruction = place.instruction;
    f.here.file = place.file;
    f.here.line = place.line;
    f.here.write = write;
    return f;
  };
  const auto fatal = [&](Kind kind, const Region* region, int64_t offset, std::string detail) {
    Finding f = describe();
    f.kind = kind;
    if (region) {
      f.buffer = region->name;
      f.offset = offset;
    }
    f.bytes = int(bytes);
    f.detail = std::move(detail);
    add(std::move(f));
    abandon();
  };
  Block* b = block_at(p);
  Region* region = b ? b->region.get() : find_global(p);
  if (!region) {
    if (write) fatal(Kind::out_of_bounds, nullptr, 0, "a store to " + hex(uintptr_t(p)) + ", neither shared nor registered global memory");
    return;
  }
  const int64_t offset = static_cast<const uint8_t*>(p) - region->data;
  if (b && b != current->block) fatal(Kind::out_of_bounds, region, offset, "the shared memory of another block");
  if (offset < 0 || size_t(offset) + bytes > region->size)
    fatal(Kind::out_of_bounds, region, offset, region->name + " has " + std::to_string(region->size) + " bytes");
  if (uintptr_t(p) % alignment) fatal(Kind::misaligned, region, offset, "the address must be a multiple of " + std::to_string(alignment));
  const Where where{region, size_t(offset)};
  if (region->awaited && !current->dependency_resolved) early_read(where, bytes, describe());
  if (b && region->shadow.any_object(where.offset, bytes)) {
    Finding f = describe();
    f.kind = Kind::mbarrier;
    f.buffer = region->name;
    f.offset = offset;
    f.detail = "touches the bytes of a live mbarrier";
    add(std::move(f));
  }
  touch_with(where, bytes, touch_of(*current, write, place_of_plain(program_counter, write)), describe);
}

uint32_t window_address(const Block& block, const void* p) {
  return uint32_t(block.rank) << 24 | (world->options.shared_base + uint32_t(static_cast<const uint8_t*>(p) - block.shared));
}

}  // namespace emu
