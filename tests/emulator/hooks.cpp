// What -fsanitize=thread calls before each plain load and store of a kernel: ours, instead of the runtime it was made for.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>

#include "tests/emulator/access.h"

namespace {

// Outside a launch, and for host code in a kernel's source, there is nothing to check.
inline void access(const void* p, size_t bytes, bool write, size_t alignment, const void* pc) {
  if (emu::in_kernel) emu::plain_access(p, bytes, write, alignment, pc);
}

}  // namespace

#define RAPT_PC __builtin_return_address(0)
#define RAPT_HOOK(N)                                                                   \
  void __tsan_read##N(void* p) { access(p, N, false, N, RAPT_PC); }                    \
  void __tsan_write##N(void* p) { access(p, N, true, N, RAPT_PC); }                    \
  void __tsan_unaligned_read##N(void* p) { access(p, N, false, 1, RAPT_PC); }          \
  void __tsan_unaligned_write##N(void* p) { access(p, N, true, 1, RAPT_PC); }          \
  void __tsan_volatile_read##N(void* p) { access(p, N, false, N, RAPT_PC); }           \
  void __tsan_volatile_write##N(void* p) { access(p, N, true, N, RAPT_PC); }           \
  void __tsan_unaligned_volatile_read##N(void* p) { access(p, N, false, 1, RAPT_PC); } \
  void __tsan_unaligned_volatile_write##N(void* p) { access(p, N, true, 1, RAPT_PC); } \
  void __tsan_read_write##N(void* p) { access(p, N, false, N, RAPT_PC), access(p, N, true, N, RAPT_PC); }

// Host code beside kernels may use atomics; they are real ones here. Kernels have those of the contract.
#define RAPT_ATOMIC(BITS, T)                                                                                        \
  T __tsan_atomic##BITS##_load(const volatile T* p, int) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }           \
  void __tsan_atomic##BITS##_store(volatile T* p, T v, int) { __atomic_store_n(p, v, __ATOMIC_SEQ_CST); }           \
  T __tsan_atomic##BITS##_exchange(volatile T* p, T v, int) { return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST); } \
  T __tsan_atomic##BITS##_fetch_add(volatile T* p, T v, int) { return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST); } \
  T __tsan_atomic##BITS##_fetch_sub(volatile T* p, T v, int) { return __atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST); } \
  T __tsan_atomic##BITS##_fetch_and(volatile T* p, T v, int) { return __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST); } \
  T __tsan_atomic##BITS##_fetch_or(volatile T* p, T v, int) { return __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST); }   \
  T __tsan_atomic##BITS##_fetch_xor(volatile T* p, T v, int) { return __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST); } \
  int __tsan_atomic##BITS##_compare_exchange_strong(volatile T* p, T* e, T v, int, int) {                           \
    return __atomic_compare_exchange_n(p, e, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                         \
  }                                                                                                                 \
  int __tsan_atomic##BITS##_compare_exchange_weak(volatile T* p, T* e, T v, int, int) {                             \
    return __atomic_compare_exchange_n(p, e, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                         \
  }                                                                                                                 \
  T __tsan_atomic##BITS##_compare_exchange_val(volatile T* p, T e, T v, int, int) {                                 \
    __atomic_compare_exchange_n(p, &e, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                               \
    return e;                                                                                                       \
  }

extern "C" {
RAPT_HOOK(1)
RAPT_HOOK(2)
RAPT_HOOK(4)
RAPT_HOOK(8)
RAPT_HOOK(16)
RAPT_ATOMIC(8, uint8_t)
RAPT_ATOMIC(16, uint16_t)
RAPT_ATOMIC(32, uint32_t)
RAPT_ATOMIC(64, uint64_t)
void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_atomic_thread_fence(int) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
void __tsan_atomic_signal_fence(int) {}
void __tsan_vptr_update(void** p, void*) { access(p, sizeof(void*), true, 1, RAPT_PC); }
void __tsan_vptr_read(void** p) { access(p, sizeof(void*), false, 1, RAPT_PC); }
void __tsan_read_range(void* p, size_t n) { access(p, n, false, 1, RAPT_PC); }
void __tsan_write_range(void* p, size_t n) { access(p, n, true, 1, RAPT_PC); }
void* __tsan_memcpy(void* to, const void* from, size_t n) {
  access(from, n, false, 1, RAPT_PC), access(to, n, true, 1, RAPT_PC);
  return std::memcpy(to, from, n);
}
void* __tsan_memmove(void* to, const void* from, size_t n) {
  access(from, n, false, 1, RAPT_PC), access(to, n, true, 1, RAPT_PC);
  return std::memmove(to, from, n);
}
void* __tsan_memset(void* to, int byte, size_t n) {
  access(to, n, true, 1, RAPT_PC);
  return std::memset(to, byte, n);
}
}
