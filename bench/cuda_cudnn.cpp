// cuDNN's fused attention through the headers of its frontend; libcudnn itself is looked for when the first is asked for.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cudnn_frontend.h>
#include <dlfcn.h>

#include <cmath>
#include <unordered_map>

#include "bench/cuda_peer.h"

void* cudnn_frontend::cudnn_dlhandle = nullptr;  // which its headers declare and the program defines

namespace rapt::bench {
namespace {

namespace fe = cudnn_frontend;

constexpr int64_t kQ = 1, kK = 2, kV = 3, kO = 4;

void check(fe::error_t error, const char* what) {
  if (error.is_bad()) throw std::runtime_error(fmt::format("cuDNN, {}: {}", what, error.get_message()));
}
void check(cudnnStatus_t status, const char* what) {
  if (status != CUDNN_STATUS_SUCCESS) throw std::runtime_error(fmt::format("cuDNN, {}: {}", what, fe::detail::get_error_string(status)));
}

fe::graph::Tensor_attributes described(const char* name, int64_t uid, const rapt_tensor& t) {
  const rapt_tensor dense = rapt_dense(t.type, t.shape[0], t.shape[1], t.shape[2], t.shape[3]);
  return fe::graph::Tensor_attributes()
      .set_name(name)
      .set_uid(uid)
      .set_dim({t.shape, t.shape + 4})
      .set_stride({dense.strides, dense.strides + 4});
}

class Fused : public CudaPeer {
 public:
  explicit Fused(const DeviceTensors& tensors) : CudaPeer(tensors.problem) {
    check(fe::detail::create_handle(&handle_), "creating a handle");
    build(tensors.problem);
    pointers_ = {{kQ, tensors.q.get()}, {kK, tensors.k.get()}, {kV, tensors.v.get()}, {kO, o_.get()}};
  }
  ~Fused() override { fe::detail::destroy_handle(handle_); }

  void run() override { check(graph_.execute(handle_, pointers_, workspace_.get()), "running"); }

 private:
  void build(const rapt_problem& p) {
    graph_.set_io_data_type(p.q.type == RAPT_BF16 ? fe::DataType_t::BFLOAT16 : fe::DataType_t::HALF)
        .set_intermediate_data_type(fe::DataType_t::FLOAT)
        .set_compute_data_type(fe::DataType_t::FLOAT);
    const double scale = p.has_scale != 0 ? p.scale : 1 / std::sqrt(static_cast<double>(p.q.shape[3]));
    auto options = fe::graph::SDPA_attributes().set_name("attention").set_generate_stats(false).set_attn_scale(static_cast<float>(scale));
    if (p.causal != 0 || p.window_right == 0) {
      if (p.q.shape[2] == p.k.shape[2])
        options.set_causal_mask(true);
      else if (p.q.shape[2] > 1)
        options.set_causal_mask_bottom_right(true);
    }
    if (p.window_left >= 0) options.set_diagonal_band_left_bound(p.window_left + 1);  // it counts the diagonal
    auto q = graph_.tensor(described("q", kQ, p.q)), k = graph_.tensor(described("k", kK, p.k)), v = graph_.tensor(described("v", kV, p.v));
    const auto outputs = graph_.sdpa(q, k, v, options);
    const rapt_tensor dense = rapt_dense(p.o.type, p.o.shape[0], p.o.shape[1], p.o.shape[2], p.o.shape[3]);
    outputs[0]->set_output(true).set_uid(kO).set_dim({p.o.shape, p.o.shape + 4}).set_stride({dense.strides, dense.strides + 4});
    check(graph_.build(handle_, {fe::HeurMode_t::A}), "planning");
    workspace_ = workbench::device_bytes(static_cast<size_t>(graph_.get_workspace_size()));
  }

  cudnnHandle_t handle_ = nullptr;
  fe::graph::Graph graph_;
  std::unordered_map<int64_t, void*> pointers_;
  workbench::DeviceBytes workspace_;
};

}  // namespace

std::unique_ptr<CudaPeer> make_cudnn(const DeviceTensors& tensors, std::string& library) {
  if (fe::cudnn_dlhandle == nullptr) fe::cudnn_dlhandle = dlopen("libcudnn.so.9", RTLD_NOW | RTLD_LOCAL);
  if (fe::cudnn_dlhandle == nullptr) throw std::runtime_error("no libcudnn.so.9: add its folder to LD_LIBRARY_PATH");
  const size_t version = fe::detail::get_backend_version();
  library = fmt::format("cuDNN {}.{}.{}", version / 10000, version / 100 % 100, version % 100);
  return std::make_unique<Fused>(tensors);
}

}  // namespace rapt::bench
