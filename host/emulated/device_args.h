// What a run's pointers point at, copied to memory of the emulated device, and the results copied back.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/emulator/memory.h"

namespace rapt::emulated {

// Each buffer is its own registered memory with a guard page behind it. The problem is in the normal form of engine/engine.h.
class DeviceArgs {
 public:
  // misalign: elements by which q, k and v begin after a multiple of 16 bytes. Throws std::bad_alloc.
  DeviceArgs(const rapt_problem& problem, const rapt_args& host, int misalign = 0);
  const rapt_args& args() const { return args_; }  // with the device's pointers
  void bring_back() const;                         // o and lse to the host

 private:
  struct Copy {
    std::unique_ptr<emu::DeviceMemory> memory;
    const void* host;
    size_t bytes, shift;  // of the copy in memory
  };
  const void* copy(const void* host, size_t bytes, const char* name, size_t shift = 0);
  const void* tensor(const rapt_tensor& tensor, const void* host, const char* name, int misalign = 0);
  const int32_t* numbers(const int32_t* host, int64_t count, const char* name);
  void add_index_arrays(const rapt_problem& problem, const rapt_args& host);
  void add_pages(const rapt_problem& problem, const rapt_args& host);
  const void* page(const void* host, const rapt_tensor& tensor, const char* name);

  rapt_args args_;
  std::vector<Copy> copies_;
  std::vector<const void*> k_pages_, v_pages_;      // the device's addresses
  std::map<const void*, const void*> device_page_;  // of a host's
  const void *host_o_, *host_lse_;
};

}  // namespace rapt::emulated
