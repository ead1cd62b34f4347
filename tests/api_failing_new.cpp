// An operator new that counts, and that fails when told to.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/api_failing_new.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace rapt::testing {

std::atomic<int64_t> allocations{0};
std::atomic<int64_t> allocations_left{INT64_MAX};

namespace {

void* allocate(size_t bytes, size_t alignment) {
  allocations.fetch_add(1);
  if (allocations_left.fetch_sub(1) <= 0) return nullptr;
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

void* allocate_or_throw(size_t bytes, size_t alignment) {
  if (void* memory = allocate(bytes, alignment)) return memory;
  throw std::bad_alloc();
}

constexpr size_t kPlain = alignof(std::max_align_t);

}  // namespace
}  // namespace rapt::testing

using namespace rapt::testing;

void* operator new(size_t bytes) { return allocate_or_throw(bytes, kPlain); }
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes, kPlain); }
void* operator new(size_t bytes, std::align_val_t alignment) { return allocate_or_throw(bytes, static_cast<size_t>(alignment)); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
