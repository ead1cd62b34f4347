// Registered global buffers: mapped so that they end at a guard page.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>

namespace emu {
namespace {

constexpr size_t kPage = 4096;

struct Registry {
  std::mutex mutex;
  std::vector<Region*> by_address;  // sorted; changed only between launches
  std::atomic<unsigned> version{0};
};
Registry& registry() {
  static Registry r;
  return r;
}

size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

void add(Region* region) {
  Registry& r = registry();
  const std::lock_guard<std::mutex> lock(r.mutex);
  const auto at =
      std::lower_bound(r.by_address.begin(), r.by_address.end(), region, [](Region* a, Region* b) { return a->extent < b->extent; });
  r.by_address.insert(at, region);
  ++r.version;
}

void remove(Region* region) {
  Registry& r = registry();
  const std::lock_guard<std::mutex> lock(r.mutex);
  r.by_address.erase(std::find(r.by_address.begin(), r.by_address.end(), region));
  ++r.version;
}

bool holds(const Region* region, const void* p) {
  const auto* at = static_cast<const uint8_t*>(p);
  return at >= region->extent && at < region->extent + region->extent_size;
}

}  // namespace

DeviceMemory::DeviceMemory(size_t bytes, std::string name, const void* wished) {
  const size_t reach = round_up(std::max<size_t>(bytes, 1), bytes % 256 == 0 ? 256 : 16);
  const size_t mapped = round_up(reach, kPage) + 2 * kPage;
  void* hint = reinterpret_cast<void*>(uintptr_t(wished) / kPage * kPage);
  void* p = mmap(hint, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) throw std::bad_alloc();
  auto* extent = static_cast<uint8_t*>(p);
  mprotect(extent, kPage, PROT_NONE);
  mprotect(extent + mapped - kPage, kPage, PROT_NONE);
  region_ =
      std::make_unique<Region>(Region{std::move(name), extent + mapped - kPage - reach, bytes, extent, mapped, nullptr, Shadow(reach)});
  std::memset(region_->data, 0xff, reach);
  add(region_.get());
}

DeviceMemory::~DeviceMemory() {
  if (!region_) return;
  remove(region_.get());
  munmap(region_->extent, region_->extent_size);
}

void DeviceMemory::write(size_t offset, const void* from, size_t bytes) {
  if (bytes == 0) return;
  std::memcpy(region_->data + offset, from, bytes);
  region_->shadow.mark_written(offset, bytes);
}

void DeviceMemory::fill(int byte) {
  if (size() == 0) return;
  std::memset(region_->data, byte, size());
  region_->shadow.mark_written(0, size());
}

void DeviceMemory::forget() {
  if (size() == 0) return;
  std::memset(region_->data, 0xff, size());
  region_->shadow.mark_written(0, size(), false);
}

bool DeviceMemory::written(size_t offset, size_t bytes) const {
  size_t missing;
  return bytes == 0 || region_->shadow.all_written(offset, bytes, missing);
}

Region* find_global(const void* p) {
  Registry& r = registry();
  static thread_local Region* last = nullptr;
  static thread_local unsigned last_version = 0;
  const unsigned version = r.version.load(std::memory_order_acquire);
  if (last && last_version == version && holds(last, p)) return last;
  const auto above =
      std::upper_bound(r.by_address.begin(), r.by_address.end(), p, [](const void* a, const Region* b) { return a < b->extent; });
  if (above == r.by_address.begin() || !holds(*(above - 1), p)) return nullptr;
  last = *(above - 1);
  last_version = version;
  return last;
}

void forget_global_accesses() {
  Registry& r = registry();
  const std::lock_guard<std::mutex> lock(r.mutex);
  for (Region* region : r.by_address) region->shadow.forget_accesses();
}

}  // namespace emu
