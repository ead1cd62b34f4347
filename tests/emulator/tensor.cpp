// Operands of bulk and tensor copies: maps, boxes and runs.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/tensor.h"

#include "tests/emulator/access.h"
#include "tests/emulator/finding.h"
#include "tests/emulator/schedule.h"

namespace emu {

isa::TensorMapInfo tensor_of(const simt::TensorMap* map, int rank, const char* instruction, Site site) {
  std::string why;
  isa::TensorMapInfo info{};
  if (uintptr_t(map) % 64) {
    why = "the tensor map is not 64-byte aligned";
  } else {
    info = isa::decode(*map);
    if (info.rank == 0) why = "these bytes are no tensor map";
    if (info.rank && info.rank != rank)
      why = "a map of rank " + std::to_string(info.rank) + " with " + std::to_string(rank) + " coordinates";
  }
  if (why.empty()) return info;
  report(Kind::tensor_map, instruction, site, why);
  abandon();
}

std::vector<isa::Chunk> box_in_shared(const isa::TensorMapInfo& info, const void* shared, const Coordinates& at, const char* instruction,
                                      Site site) {
  const Where where = locate_shared(shared, isa::box_bytes(info), 1, instruction, site);
  const uint32_t address = world->options.shared_base + uint32_t(where.offset);
  if (const char* why = isa::check_box(info, address)) {
    report_at(Kind::misaligned, instruction, site, *where.region, where.offset, isa::box_bytes(info), why);
    abandon();
  }
  return isa::box_chunks(info, address, at.c);
}

std::vector<isa::Chunk> run_in_shared(const void* shared, const void* global, uint32_t bytes, const char* instruction, Site site) {
  if (bytes == 0 || bytes % 16) {
    report(Kind::bulk, instruction, site, std::to_string(bytes) + " bytes: a positive multiple of 16 is legal");
    abandon();
  }
  const Where in = locate_shared(shared, bytes, 16, instruction, site);
  locate_global(global, bytes, 16, instruction, site);
  std::vector<isa::Chunk> chunks;
  auto* data = static_cast<uint8_t*>(const_cast<void*>(global));
  for (uint32_t i = 0; i < bytes; i += 16) chunks.push_back({world->options.shared_base + uint32_t(in.offset) + i, 0xffff, data + i});
  return chunks;
}

void prefetch_tensor_map(const simt::TensorMap* map, Site site) {
  const InEmulator in;
  const char* instruction = "prefetch.tensormap";
  if (uintptr_t(map) % 64 || isa::decode(*map).rank == 0) {
    report(Kind::tensor_map, instruction, site, "these bytes are no tensor map, or not 64-byte aligned");
    abandon();
  }
}

}  // namespace emu
