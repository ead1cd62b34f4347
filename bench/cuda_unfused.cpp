// Unfused attention: scores by cuBLAS into memory, softmax over them, output by cuBLAS. The query heads of a key head are rows of one
// product. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "bench/cuda_peer.h"
#include "bench/cuda_softmax.h"
#include "workbench/cublas.h"

namespace rapt::bench {
namespace {

constexpr double kMostScoreBytes = 24e9;
constexpr int64_t kFar = int64_t{1} << 40;  // beyond every length

class Unfused : public CudaPeer {
 public:
  Unfused(const DeviceTensors& tensors, std::unique_ptr<workbench::Cublas> cublas) : CudaPeer(tensors.problem), cublas_(std::move(cublas)) {
    const rapt_problem& p = tensors.problem;
    const int64_t heads_kv = p.k.shape[1], rows = p.q.shape[1] / heads_kv * p.q.shape[2], keys = p.k.shape[2],
                  count = p.q.shape[0] * heads_kv;
    const double bytes = 2.0 * static_cast<double>(count) * static_cast<double>(rows) * static_cast<double>(keys);
    if (bytes > kMostScoreBytes) throw std::runtime_error(fmt::format("unfused attention would write {:.0f} GB of scores", bytes * 1e-9));
    s_ = workbench::device_bytes(static_cast<size_t>(bytes));
    score_ = {p.q.type, rows, keys, p.q.shape[3], count, true};
    score_.alpha = static_cast<float>(p.has_scale != 0 ? p.scale : 1 / std::sqrt(static_cast<double>(p.q.shape[3])));
    score_.a = tensors.q.get(), score_.b = tensors.k.get(), score_.c = s_.get();
    score_.a_stride = rows * p.q.shape[3], score_.b_stride = keys * p.q.shape[3], score_.c_stride = rows * keys;
    accumulate_ = {p.q.type, rows, p.v.shape[3], keys, count, false};
    accumulate_.a = s_.get(), accumulate_.b = tensors.v.get(), accumulate_.c = o_.get();
    accumulate_.a_stride = rows * keys, accumulate_.b_stride = keys * p.v.shape[3], accumulate_.c_stride = rows * p.v.shape[3];
    const int64_t offset = keys - p.q.shape[2];
    const bool bounded = p.causal != 0 || p.window_right == 0;
    softmax_ = {
        s_.get(), p.q.type, count * rows, p.q.shape[2], keys, p.window_left >= 0 ? p.window_left - offset : kFar, bounded ? offset : kFar};
  }

  void run() override {
    cublas_->multiply(score_);
    workbench::require(static_cast<cudaError_t>(softmax_on_device(softmax_)), "softmax");
    cublas_->multiply(accumulate_);
  }

 private:
  std::unique_ptr<workbench::Cublas> cublas_;
  workbench::DeviceBytes s_;
  workbench::Product score_, accumulate_;
  ScoreRows softmax_;
};

}  // namespace

std::unique_ptr<CudaPeer> make_cublas(const DeviceTensors& tensors, std::string& library) {
  std::string why_not;
  std::unique_ptr<workbench::Cublas> cublas = workbench::find_cublas(why_not);
  if (!cublas) throw std::runtime_error(why_not);
  library = cublas->version();
  return std::make_unique<Unfused>(tensors, std::move(cublas));
}

}  // namespace rapt::bench
