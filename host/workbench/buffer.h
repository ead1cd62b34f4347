// Memory that tells on whoever misuses it: guard bands on both sides, poison inside, a hash to prove it unchanged.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace rapt::workbench {

// 64-byte aligned bytes between two guard bands of at least 4 KiB, all filled with 0xFF (a NaN in every floating type).
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t bytes);
  void* data() { return begin_; }
  const void* data() const { return begin_; }
  template <class T> T* as() { return reinterpret_cast<T*>(begin_); }
  template <class T> const T* as() const { return reinterpret_cast<const T*>(begin_); }
  size_t size() const { return size_; }
  void fill(unsigned char byte);
  uint64_t hash() const;       // of the contents
  bool guards_intact() const;  // nobody wrote outside [begin, begin + size)

 private:
  std::shared_ptr<unsigned char> memory_;
  unsigned char* begin_ = nullptr;
  size_t size_ = 0;
};

}  // namespace rapt::workbench
