// Tensors and outputs of the peers, and what they take.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "bench/cuda_peer.h"

#include "workbench/scalar.h"

namespace rapt::bench {
namespace {

using workbench::DeviceBytes;

size_t bytes_of(const rapt_tensor& tensor) { return static_cast<size_t>(workbench::extent(tensor)) * rapt_type_size(tensor.type); }

DeviceBytes upload(const workbench::Buffer& host) {
  DeviceBytes copy = workbench::device_bytes(host.size());
  workbench::require(cudaMemcpy(copy.get(), host.data(), host.size(), cudaMemcpyHostToDevice), "copying to the device");
  return copy;
}

bool without_gaps(const rapt_tensor& t) {
  const rapt_tensor dense = rapt_dense(t.type, t.shape[0], t.shape[1], t.shape[2], t.shape[3]);
  for (int d = 0; d < 4; ++d) {
    if (t.shape[d] != 1 && t.strides[d] != dense.strides[d]) return false;
  }
  return true;
}

}  // namespace

DeviceTensors::DeviceTensors(const workbench::Case& data)
    : problem(data.problem), q(upload(data.q)), k(upload(data.k)), v(upload(data.v)) {}

CudaPeer::CudaPeer(const rapt_problem& problem) : o_(workbench::device_bytes(bytes_of(problem.o))), o_bytes_(bytes_of(problem.o)) {
  workbench::require(cudaMemset(o_.get(), 0xFF, o_bytes_), "cudaMemset");
}

workbench::Buffer CudaPeer::o() const {
  workbench::Buffer host(o_bytes_);
  workbench::require(cudaMemcpy(host.data(), o_.get(), o_bytes_, cudaMemcpyDeviceToHost), "a peer's work");
  return host;
}

const char* why_no_peer(const rapt_problem& p, const rapt_args& args) {
  const rapt_type type = p.q.type;
  if ((type != RAPT_BF16 && type != RAPT_F16) || p.k.type != type || p.v.type != type || p.o.type != type)
    return "not all of one 16-bit type";
  if (p.q_layout != RAPT_Q_DENSE || p.kv_layout != RAPT_KV_DENSE || args.seqlens_q != nullptr || args.seqlens_kv != nullptr)
    return "not of full lengths in plain tensors";
  if (!without_gaps(p.q) || !without_gaps(p.k) || !without_gaps(p.v) || !without_gaps(p.o)) return "tensors with gaps";
  if (p.mask.type != RAPT_NONE || p.bias.type != RAPT_NONE || p.alibi.type != RAPT_NONE || p.sinks.type != RAPT_NONE || p.softcap != 0)
    return "mask, bias, alibi, sinks or softcap";
  if (p.align != RAPT_ALIGN_BOTTOM_RIGHT || p.window_right > 0) return "another alignment, or a window to the right";
  if (p.window_left >= 0 && p.causal == 0 && p.window_right != 0) return "a window that is not causal";
  return nullptr;
}

}  // namespace rapt::bench
