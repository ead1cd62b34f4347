// Stacks and the switch between them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

#if !defined(__x86_64__) || defined(RAPT_UCONTEXT)
#include <ucontext.h>
#endif

namespace emu {

#if defined(__x86_64__) && !defined(RAPT_UCONTEXT)
struct Context {
  void* stack_pointer = nullptr;
};
#else
struct Context {
  ucontext_t state;
};
#endif

// Saves where we are in `from` and goes on in `to`.
void switch_context(Context& from, Context& to);

// So many stacks, reserved lazily, each above a guard page, their tops staggered so that they share no cache set.
class Stacks {
 public:
  Stacks() = default;
  Stacks(const Stacks&) = delete;
  Stacks& operator=(const Stacks&) = delete;
  ~Stacks() { release(); }
  void reserve(int count);
  void prepare(Context& context, int index, void (*entry)());  // entry never returns
  bool contains(const void* p) const { return static_cast<const char*>(p) >= base_ && static_cast<const char*>(p) < base_ + bytes_; }

 private:
  void release();
  char* base_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace emu
