// Strides and types of the parts, from the words of the header to those of the kernel.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/merge_parts.h"

#include <algorithm>
#include <cstdint>

#include "attention/merge_params.h"

namespace rapt::gpu {
namespace {

using kernels::MergePartsParams;
using kernels::OutputType;

MergePartsParams::Part part_of(const rapt_partial& given) {
  MergePartsParams::Part part = {};
  part.o = given.o_data;
  part.lse = static_cast<float*>(given.lse_data);
  std::copy_n(given.o.strides, 3, part.o_strides);
  if (part.lse != nullptr) std::copy_n(given.lse.strides, 3, part.lse_strides);
  part.type = given.o.type == RAPT_F32 ? OutputType::f32 : given.o.type == RAPT_F16 ? OutputType::f16 : OutputType::bf16;
  return part;
}

}  // namespace

rapt_status merge_parts(const Machine& machine, const rapt_partial* parts, int32_t count, const rapt_partial& result, void* stream,
                        Text& fault) {
  constexpr int64_t kRows = 4;  // of a block of kernels::MergeParts
  const Device* device = machine.device(0, fault);
  if (device == nullptr) return RAPT_NO_DEVICE;
  if (device->architecture < 80) {
    fault.append("%s has compute capability %d.%d and kernels need 8.0 or newer; copy the parts to the host and merge them there",
                 device->name, device->architecture / 10, device->architecture % 10);
    return RAPT_UNSUPPORTED;
  }
  if (count > MergePartsParams::kMost) {
    fault.append("count is %d and a launch takes %d; merge so many into an f32 result, which is then one of the parts", count,
                 MergePartsParams::kMost);
    return RAPT_UNSUPPORTED;
  }
  MergePartsParams params = {};
  params.result = part_of(result);
  for (int32_t i = 0; i < count; ++i) params.parts[i] = part_of(parts[i]);
  params.batch = result.o.shape[0], params.heads = result.o.shape[1], params.rows = result.o.shape[2], params.columns = result.o.shape[3];
  params.count = count;
  int64_t rows = 0;
  if (__builtin_mul_overflow(params.batch * params.heads, params.rows, &rows) || rows > kRows * INT32_MAX) {
    fault.append("o has more than %lld rows, which a grid does not hold; merge some batch entries at a time",
                 static_cast<long long>(kRows * INT32_MAX));
    return RAPT_UNSUPPORTED;
  }
  const int error = machine.merge_parts({&params, {static_cast<unsigned>((rows + kRows - 1) / kRows), 1, 1}, stream});
  if (error == 0) return RAPT_OK;
  machine.put_in_words(error, fault);
  return RAPT_CUDA_ERROR;
}

}  // namespace rapt::gpu
