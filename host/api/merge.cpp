// rapt_merge: refusals about the parts and the result. The sums are those of the engine in whose memory they lie.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "api/check_tensor.h"
#include "api/context.h"
#include "api/engines.h"
#include "api/names.h"
#include "api/status.h"
#include "cpu/engine.h"

namespace rapt::api {
namespace {

struct Name {
  char text[32];  // "parts[3].lse"
};

Name name_of(int32_t part, const char* field) {  // part -1: the result
  Name name;
  if (part < 0) {
    std::snprintf(name.text, sizeof name.text, "result.%s", field);
  } else {
    std::snprintf(name.text, sizeof name.text, "parts[%d].%s", part, field);
  }
  return name;
}

rapt_status check_data(const Name& name, const rapt_tensor& tensor, const void* data) {
  if (data == nullptr && !is_empty(tensor)) {
    return fail(RAPT_INVALID_ARGUMENT, "%s_data is NULL but %s has shape %s; give its data", name.text, name.text,
                ShapeText(tensor.shape).text);
  }
  const size_t element = rapt_type_size(tensor.type);
  if (reinterpret_cast<uintptr_t>(data) % element == 0) return RAPT_OK;
  return fail(RAPT_MISALIGNED, "%s_data is %p, not a multiple of its element's %zu bytes; align it", name.text, data, element);
}

rapt_status check_lse(const rapt_partial& partial, int32_t part) {
  const Name name = name_of(part, "lse");
  if (part < 0 && partial.lse_data == nullptr) return RAPT_OK;  // not wanted
  const rapt_status status = check_tensor(name.text, partial.lse, Types::kF32);
  if (status != RAPT_OK) return status;
  const int64_t(&o)[4] = partial.o.shape;
  const int64_t expected[4] = {o[0], o[1], o[2], 1};
  if (!std::equal(expected, expected + 4, partial.lse.shape)) {
    return fail(RAPT_INVALID_ARGUMENT, "%s.shape is %s; make it %s, the shape of o with 1 for the last dimension", name.text,
                ShapeText(partial.lse.shape).text, ShapeText(expected).text);
  }
  return check_data(name, partial.lse, partial.lse_data);
}

rapt_status check_partial(const rapt_partial& partial, int32_t part) {
  const Name name = name_of(part, "o");
  rapt_status status = check_tensor(name.text, partial.o, Types::kPartial);
  if (status == RAPT_OK) status = check_data(name, partial.o, partial.o_data);
  if (status == RAPT_OK) status = check_lse(partial, part);
  return status;
}

// A part may be the result itself, element for element; the same address in another layout would be overwritten before it is read.
rapt_status check_alias(int32_t part, const char* field, const rapt_tensor& tensor, const void* data, const rapt_tensor& result,
                        const void* result_data) {
  if (data != result_data || data == nullptr || is_empty(tensor)) return RAPT_OK;
  rapt_tensor a = tensor, b = result;
  normalise(a);
  normalise(b);
  if (a.type == b.type && std::equal(a.strides, a.strides + 4, b.strides)) return RAPT_OK;
  return fail(RAPT_INVALID_ARGUMENT,
              "%s and result.%s are the same memory with another type or other strides; make them equal, or use two buffers",
              name_of(part, field).text, field);
}

rapt_status check_against_result(const rapt_partial& partial, int32_t part, const rapt_partial& result) {
  if (!std::equal(partial.o.shape, partial.o.shape + 4, result.o.shape)) {
    return fail(RAPT_INVALID_ARGUMENT, "%s.shape is %s but result.o.shape is %s; make them equal", name_of(part, "o").text,
                ShapeText(partial.o.shape).text, ShapeText(result.o.shape).text);
  }
  rapt_status status = check_alias(part, "o", partial.o, partial.o_data, result.o, result.o_data);
  if (status == RAPT_OK) status = check_alias(part, "lse", partial.lse, partial.lse_data, result.lse, result.lse_data);
  return status;
}

rapt_status check_merge(const rapt_context* context, const rapt_partial* parts, int32_t count, const rapt_partial* result) {
  if (context == nullptr) return fail(RAPT_INVALID_ARGUMENT, "context is NULL; create one with rapt_context_create");
  if (count < 1) return fail(RAPT_INVALID_ARGUMENT, "count is %d; give at least one part", count);
  if (parts == nullptr) return fail(RAPT_INVALID_ARGUMENT, "parts is NULL but count is %d; give the parts", count);
  if (result == nullptr) return fail(RAPT_INVALID_ARGUMENT, "result is NULL; give a rapt_partial to write to");
  rapt_status status = check_partial(*result, -1);
  if (status == RAPT_OK) status = check_no_overlap("result.o", result->o);
  if (status == RAPT_OK && result->lse_data != nullptr) status = check_no_overlap("result.lse", result->lse);
  for (int32_t part = 0; part < count && status == RAPT_OK; ++part) {
    status = check_partial(parts[part], part);
    if (status == RAPT_OK) status = check_against_result(parts[part], part, *result);
  }
  return status;
}

// nullptr: the host's.
const Engine* engine_with(const void* memory) {
  for (const Engine* engine : engines()) {
    if (engine->has_memory != nullptr && engine->has_memory(memory)) return engine;
  }
  return nullptr;
}

// All of it lies in one memory: whose?
rapt_status find_memory(const rapt_partial* parts, int32_t count, const rapt_partial& result, const Engine*& engine) {
  engine = engine_with(result.o_data);
  const auto check = [&](int32_t part, const char* field, const void* data) {
    if (data == nullptr || engine_with(data) == engine) return rapt_status{RAPT_OK};
    const auto words = [](bool host) { return host ? "the host's memory" : "a device's memory"; };
    return fail(RAPT_INVALID_ARGUMENT, "%s_data is in %s and result.o_data in %s; copy one of them, so that all are on one side",
                name_of(part, field).text, words(engine != nullptr), words(engine == nullptr));
  };
  rapt_status status = check(-1, "lse", result.lse_data);
  for (int32_t part = 0; part < count && status == RAPT_OK; ++part) {
    status = check(part, "o", parts[part].o_data);
    if (status == RAPT_OK) status = check(part, "lse", parts[part].lse_data);
  }
  return status;
}

rapt_status merge(const rapt_context& context, const rapt_partial* parts, int32_t count, const rapt_partial& result, void* stream) {
  const Engine* engine = nullptr;
  rapt_status status = find_memory(parts, count, result, engine);
  if (status != RAPT_OK) return status;
  if (engine == nullptr) {
    cpu::merge(parts, count, result, context.executor);
    return RAPT_OK;
  }
  char sentence[kSentenceBytes];
  Text fault(sentence, sizeof sentence);
  status = engine->merge(parts, count, result, stream, fault);
  return status == RAPT_OK ? RAPT_OK : fail(status, "engine %s: %s", engine->name, sentence);
}

}  // namespace
}  // namespace rapt::api

rapt_status rapt_merge(rapt_context* context, const rapt_partial* parts, int32_t count, const rapt_partial* result, void* stream) {
  const rapt_status status = rapt::api::check_merge(context, parts, count, result);
  if (status != RAPT_OK || rapt::api::is_empty(result->o)) return status;
  return rapt::api::merge(*context, parts, count, *result, stream);
}
