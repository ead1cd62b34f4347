// Stacks and the switch between them: callee-saved registers only, by hand on x86-64.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/fiber.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __asan_unpoison_memory_region(const volatile void*, size_t);
#endif

namespace emu {
namespace {
#if defined(__SANITIZE_ADDRESS__)
constexpr size_t kStackBytes = 1024 * 1024;
#else
constexpr size_t kStackBytes = 256 * 1024;
#endif
constexpr size_t kGuardBytes = 4096;
size_t top_offset(int index) { return kStackBytes - size_t(index) * 192 % 8192; }
}  // namespace

#if defined(__x86_64__) && !defined(RAPT_UCONTEXT)
extern "C" void emu_switch_stack(void** from, void* to);
asm(R"(
.text
.globl emu_switch_stack
.type emu_switch_stack,@function
emu_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size emu_switch_stack, .-emu_switch_stack
)");

void switch_context(Context& from, Context& to) { emu_switch_stack(&from.stack_pointer, to.stack_pointer); }

void Stacks::prepare(Context& context, int index, void (*entry)()) {
  auto* top = reinterpret_cast<uintptr_t*>(uintptr_t(base_ + size_t(index) * kStackBytes + top_offset(index)) & ~uintptr_t(15));
  *--top = 0;  // the return address entry would see: none
  *--top = reinterpret_cast<uintptr_t>(entry);
  for (int i = 0; i < 6; ++i) *--top = 0;
  context.stack_pointer = top;
}
#else
void switch_context(Context& from, Context& to) { swapcontext(&from.state, &to.state); }

void Stacks::prepare(Context& context, int index, void (*entry)()) {
  getcontext(&context.state);
  context.state.uc_stack.ss_sp = base_ + size_t(index) * kStackBytes + kGuardBytes;
  context.state.uc_stack.ss_size = top_offset(index) - kGuardBytes;
  context.state.uc_link = nullptr;
  makecontext(&context.state, entry, 0);
}
#endif

void Stacks::reserve(int count) {
  const size_t want = size_t(count) * kStackBytes;
  if (bytes_ < want) {
    release();
    void* p = mmap(nullptr, want, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) throw std::bad_alloc();
    base_ = static_cast<char*>(p);
    bytes_ = want;
    for (int i = 0; i < count; ++i) mprotect(base_ + size_t(i) * kStackBytes, kGuardBytes, PROT_NONE);
  }
#if defined(__SANITIZE_ADDRESS__)
  for (size_t at = 0; at < bytes_; at += kStackBytes) __asan_unpoison_memory_region(base_ + at + kGuardBytes, kStackBytes - kGuardBytes);
#endif
}

void Stacks::release() {
  if (base_) munmap(base_, bytes_);
  base_ = nullptr;
  bytes_ = 0;
}

}  // namespace emu
