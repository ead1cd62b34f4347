// What host/api and an engine say to each other. An engine is one constant table; api knows engines through it alone.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapt/rapt.h>

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace rapt {

// A sentence, or a page of `explain`, written into memory that somebody else owns. Keeps counting past the end.
class Text {
 public:
  Text(char* data, size_t capacity) : data_(data), capacity_(capacity) {
    if (capacity_ > 0) data_[0] = '\0';
  }
  __attribute__((format(printf, 2, 3))) void append(const char* format, ...) {
    va_list list;
    va_start(list, format);
    const size_t room = size_ < capacity_ ? capacity_ - size_ : 0;
    const int wrote = std::vsnprintf(room > 0 ? data_ + size_ : nullptr, room, format, list);
    va_end(list);
    if (wrote > 0) size_ += static_cast<size_t>(wrote);
  }
  size_t size() const { return size_; }  // the length it wants, which may exceed the capacity

 private:
  char* data_;
  size_t capacity_;
  size_t size_ = 0;
};

// The caller's problem after api has checked it and filled in every default:
//   batch, max_seqlen_q, max_seqlen_kv, table_stride and scale are set, has_scale is 1;
//   every dimension of size 1 has stride 0, so that broadcast tensors are simply indexed;
//   absent tensors have type RAPT_NONE and all zeros.
struct Request {
  rapt_problem problem;
  int32_t threads;       // of the executor that runs will be given
  const char* isa;       // the cpu machine of the context: "avx512", ...
  int32_t architecture;  // of the GPU kernels to choose from: 80, 90 (sm_90a); 0: the device's
};

// What an engine decided about a request. Copied into the plan.
struct Choice {
  char kernel[80];                       // "cpu/avx512 prefill+decode f32 d128"
  size_t workspace;                      // bytes, 64-byte aligned by the caller
  alignas(16) unsigned char state[256];  // the engine's own plan: a trivially copyable struct of its own
};

struct Engine {
  const char* name;  // "cpu"
  int32_t id;        // RAPT_ENGINE_CPU
  bool host_memory;  // args are host pointers: api checks lengths and offsets before a run

  // False, with a sentence, if it cannot run on this machine whatever the problem: no device, no driver, not of the architecture asked
  // for. nullptr: it always can.
  bool (*runs_here)(const Request& request, Text& why_not);

  // Takes the request, or refuses it with a sentence that says why and what to change.
  bool (*choose)(const Request& request, Choice& choice, Text& why_not);
  // The pointers were checked for NULL and alignment; lengths too if host_memory. On failure `fault` holds the sentence.
  rapt_status (*run)(const Request& request, const Choice& choice, const rapt_args& args, void* workspace, const rapt_executor& executor,
                     void* stream, Text& fault);
  // Lines of "  name: value" about a request it took: tiles, splits, workspace, roofline.
  void (*explain)(const Request& request, const Choice& choice, Text& text);
  // Row `index` of its kernel table; false past the end.
  bool (*variant_at)(int32_t index, rapt_variant& variant);

  // The type whose bound its o keeps (rapt_error_bound). nullptr: o's own, always.
  rapt_type (*bound_type)(const rapt_problem& problem) = nullptr;

  // Is this memory of the engine's, which the host must not touch? nullptr: it has none.
  bool (*has_memory)(const void* pointer) = nullptr;
  // rapt_merge of parts that lie there, all of them and the result. They were checked against one another.
  rapt_status (*merge)(const rapt_partial* parts, int32_t count, const rapt_partial& result, void* stream, Text& fault) = nullptr;
};

}  // namespace rapt
