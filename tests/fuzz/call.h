// Bytes of a fuzzer as a problem, and as the arguments of a run.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace rapt::fuzz {

// The fuzzer's bytes, one decision after another; zeros when they are used up.
class Source {
 public:
  Source(const uint8_t* data, size_t size) : data_(data), left_(size) {}
  uint8_t byte();
  int64_t below(int64_t n) { return byte() % n; }
  int64_t wild();  // numbers at which arithmetic breaks, and any others
  bool one_in(int64_t n) { return below(n) == n - 1; }
  size_t left() const { return left_; }
  void copy(void* destination, size_t bytes);

 private:
  const uint8_t* data_;
  size_t left_;
};

// A block of memory of its own, 64-byte aligned, with nothing around it that belongs to anybody: sanitizers see every step outside.
class Block {
 public:
  Block() = default;
  explicit Block(size_t bytes);
  void* data() { return memory_.get(); }
  const void* data() const { return memory_.get(); }
  template <class T>
  T* as() {
    return static_cast<T*>(data());
  }
  size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(void* memory) const;
  };
  std::unique_ptr<void, Free> memory_;
  size_t size_ = 0;
};

// Zeroed.
struct Outputs {
  Block o, lse;
  Outputs() = default;
  explicit Outputs(const rapt_problem& problem);
};

// Sound at first, of a few rows and heads, in any layout; then some fields are overwritten. One in eight: raw bytes.
rapt_problem make_problem(Source& source);

// Data, lengths, offsets and tables for a problem that was accepted.
class Call {
 public:
  Call(Source& source, const rapt_problem& problem);
  rapt_args args() const { return args_; }

 private:
  void fill(Source& source, const rapt_tensor& tensor, Block& block, const void*& pointer);
  const int32_t* integers(Source& source, int64_t count, int64_t most);
  const int32_t* offsets(Source& source, int64_t count, int64_t total);
  void address_keys(Source& source, const rapt_problem& problem);

  rapt_args args_ = RAPT_ARGS_INIT;
  Block q_, k_, v_, mask_, bias_, alibi_, sinks_;
  std::vector<Block> tables_;
};

// nullptr where it would be large, or where f32 overflows and f64 does not.
std::unique_ptr<Call> make_call(Source& source, const rapt_problem& problem);

}  // namespace rapt::fuzz
