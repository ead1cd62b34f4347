// Memory a kernel may touch: registered global buffers and the shared memory of its block.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/emulator/shadow.h"

namespace emu {

struct Block;

struct Region {
  std::string name;
  uint8_t* data;
  size_t size;      // bytes a kernel may touch
  uint8_t* extent;  // mapping around it, guard page included
  size_t extent_size;
  Block* owner;  // whose shared memory it is; null: global
  Shadow shadow;
  bool awaited = false;  // a predecessor grid has yet to write it
};

// A global buffer: ends at a guard page, filled with 0xFF, every byte "never written" until the host or a kernel writes it.
// Kernels may touch it while it lives. 16-byte aligned at least; 256-byte aligned where the size is a multiple of 256.
class DeviceMemory {
 public:
  DeviceMemory(size_t bytes, std::string name, const void* wished = nullptr);  // an address near which it would lie
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;
  DeviceMemory(DeviceMemory&&) = default;
  ~DeviceMemory();
  void* data() { return region_->data; }
  const void* data() const { return region_->data; }
  size_t size() const { return region_->size; }
  const std::string& name() const { return region_->name; }
  void write(size_t offset, const void* from, size_t bytes);  // host write: these bytes count as written
  void fill(int byte);                                        // host write of all bytes
  void forget();                                              // 0xFF everywhere, nothing written
  bool written(size_t offset, size_t bytes) const;
  Region& region() { return *region_; }

 private:
  std::unique_ptr<Region> region_;
};

template <class T>
class DeviceArray : public DeviceMemory {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  DeviceArray(size_t count, std::string name, const void* wished = nullptr) : DeviceMemory(count * sizeof(T), std::move(name), wished) {}
  DeviceArray(const std::vector<T>& values, std::string name, const void* wished = nullptr)
      : DeviceArray(values.size(), std::move(name), wished) {
    if (!values.empty()) write(0, values.data(), size());
  }
  T* data() { return static_cast<T*>(DeviceMemory::data()); }
  const T* data() const { return static_cast<const T*>(DeviceMemory::data()); }
  size_t count() const { return size() / sizeof(T); }
  T operator[](size_t i) const { return data()[i]; }
  std::vector<T> host() const { return std::vector<T>(data(), data() + count()); }
};

// The registered buffer whose mapping holds p, or null.
Region* find_global(const void* p);
void forget_global_accesses();  // between grids that follow each other: all is ordered

}  // namespace emu
