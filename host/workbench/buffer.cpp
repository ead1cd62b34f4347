// Guarded memory: how the bands are laid, checked and the contents hashed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/buffer.h"

#include <algorithm>
#include <cstring>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace rapt::workbench {
namespace {

constexpr std::align_val_t kAlignment{256};
constexpr size_t kBand = 4096;  // bytes of each guard band; a multiple of the alignment
constexpr unsigned char kPoison = 0xFF;

// Under AddressSanitizer a band may not even be read by those it guards against.
void forbid([[maybe_unused]] const unsigned char* from, [[maybe_unused]] size_t bytes) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_poison_memory_region(from, bytes);
#endif
}

void allow([[maybe_unused]] const unsigned char* from, [[maybe_unused]] size_t bytes) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(from, bytes);
#endif
}

bool all_poison(const unsigned char* from, size_t bytes) {
  allow(from, bytes);
  const bool intact = std::all_of(from, from + bytes, [](unsigned char byte) { return byte == kPoison; });
  forbid(from, bytes);
  return intact;
}

}  // namespace

Buffer::Buffer(size_t bytes) : size_(bytes) {
  const size_t total = kBand + bytes + kBand;
  auto* memory = static_cast<unsigned char*>(::operator new(total, kAlignment));
  memory_.reset(memory, [total](unsigned char* p) {
    allow(p, total);
    ::operator delete(p, kAlignment);
  });
  std::memset(memory, kPoison, total);
  begin_ = memory + kBand;
  forbid(memory, kBand);
  forbid(begin_ + size_, kBand);
}

void Buffer::fill(unsigned char byte) {
  if (size_ > 0) std::memset(begin_, byte, size_);
}

uint64_t Buffer::hash() const {
  uint64_t h = 0x9E3779B97F4A7C15u ^ size_;
  const auto absorb = [&h](uint64_t word) {
    h = (h ^ word) * 0xBF58476D1CE4E5B9u;
    h ^= h >> 32;
  };
  size_t at = 0;
  for (; at + sizeof(uint64_t) <= size_; at += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, begin_ + at, sizeof word);
    absorb(word);
  }
  for (; at < size_; ++at) absorb(begin_[at]);
  return h;
}

bool Buffer::guards_intact() const { return begin_ == nullptr || (all_poison(begin_ - kBand, kBand) && all_poison(begin_ + size_, kBand)); }

}  // namespace rapt::workbench
