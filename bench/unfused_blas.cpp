// Unfused attention on OpenBLAS. Heads and blocks of rows are divided among the threads, each calling a single-threaded BLAS: faster for
// many heads than a BLAS that divides each product, and no BLAS thread is left spinning while another contender is timed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cblas.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

#include "bench/crew.h"
#include "bench/softmax_rows.h"
#include "bench/unfused.h"
#include "workbench/scalar.h"

namespace rapt::bench {
namespace {

using workbench::Case;

constexpr int64_t kBlockRows = 256;

struct Sequence {
  int64_t len_q, len_kv, offset;
  std::vector<float> q, k, v, o;  // [heads_q, len_q, D], [heads_kv, len_kv, D], [heads_kv, len_kv, Dv], [heads_q, len_q, Dv]
};

// Rows that share keys: consecutive rows of a head, or, when each sequence has one row, the query heads of a key head.
struct Unit {
  const float *q, *k, *v;
  float* o;
  int64_t rows, first_row, row_step, len_kv, offset;
};

std::vector<float> widened(const void* data, const rapt_tensor& tensor, int64_t start, int64_t rows) {
  const int64_t heads = tensor.shape[1], width = tensor.shape[3];
  std::vector<float> out(static_cast<size_t>(heads * rows * width));
  float* to = out.data();
  for (int64_t h = 0; h < heads; ++h) {
    for (int64_t row = 0; row < rows; ++row, to += width) {
      const int64_t from = start + h * tensor.strides[1] + row * tensor.strides[2];
      if (tensor.type == RAPT_F32) {
        std::memcpy(to, static_cast<const float*>(data) + from, static_cast<size_t>(width) * sizeof(float));
      } else {
        for (int64_t d = 0; d < width; ++d) to[d] = static_cast<float>(workbench::load(data, tensor.type, from + d));
      }
    }
  }
  return out;
}

class UnfusedBlas final : public Unfused {
 public:
  UnfusedBlas(const Case& data, int threads, UnfusedShape shape);
  void run() override;
  FetchRow rows() const override;

 private:
  struct Range {
    int64_t begin, end;
  };
  Range visible(const Unit& unit, int64_t i) const;
  void add_units(Sequence& sequence, int threads, UnfusedShape shape);
  void compute(const Unit& unit, std::vector<float>& scores) const;
  void multiply_scores(const Unit& unit, Range keys, float* s) const;
  void multiply_values(const Unit& unit, Range keys, const float* p) const;

  rapt_problem problem_;
  int64_t heads_q_, heads_kv_, head_dim_, head_dim_v_;
  std::vector<Sequence> sequences_;
  std::vector<Unit> units_;
  std::vector<std::vector<float>> scores_;  // one a thread
  Crew crew_;
};

UnfusedBlas::UnfusedBlas(const Case& data, int threads, UnfusedShape shape)
    : problem_(data.problem),
      heads_q_(data.problem.q.shape[1]),
      heads_kv_(data.problem.k.shape[1]),
      head_dim_(data.problem.q.shape[3]),
      head_dim_v_(data.problem.v.shape[3]),
      scores_(static_cast<size_t>(threads)),
      crew_(threads) {
  openblas_set_num_threads(1);
  if (!problem_.has_scale) problem_.scale = 1 / std::sqrt(static_cast<double>(head_dim_));
  const bool ragged_q = problem_.q_layout == RAPT_Q_RAGGED, ragged_kv = problem_.kv_layout == RAPT_KV_RAGGED;
  for (size_t b = 0; b < data.lens_q.size(); ++b) {
    const auto start = [b](const rapt_tensor& tensor, bool ragged, const int32_t* cu_seqlens) {
      return ragged ? cu_seqlens[b] * tensor.strides[2] : static_cast<int64_t>(b) * tensor.strides[0];
    };
    Sequence s{data.lens_q[b], data.lens_kv[b], problem_.offset, {}, {}, {}, {}};
    if (problem_.align == RAPT_ALIGN_BOTTOM_RIGHT) s.offset = s.len_kv - s.len_q;
    if (problem_.align == RAPT_ALIGN_TOP_LEFT) s.offset = 0;
    s.q = widened(data.args.q, problem_.q, start(problem_.q, ragged_q, data.args.cu_seqlens_q), s.len_q);
    s.k = widened(data.args.k, problem_.k, start(problem_.k, ragged_kv, data.args.cu_seqlens_kv), s.len_kv);
    s.v = widened(data.args.v, problem_.v, start(problem_.v, ragged_kv, data.args.cu_seqlens_kv), s.len_kv);
    s.o.assign(static_cast<size_t>(heads_q_ * s.len_q * head_dim_v_), 0.0f);
    sequences_.push_back(std::move(s));
  }
  for (Sequence& sequence : sequences_) add_units(sequence, threads, shape);
}

void UnfusedBlas::add_units(Sequence& s, int threads, UnfusedShape shape) {
  const int64_t group = heads_q_ / heads_kv_;
  const bool grouped = shape == UnfusedShape::blocks && s.len_q == 1;
  const int64_t pieces = std::max<int64_t>(1, threads / (heads_q_ * static_cast<int64_t>(sequences_.size())));  // fewer heads than threads
  const int64_t whole = (s.len_q + pieces - 1) / pieces, step = shape == UnfusedShape::blocks ? std::min(kBlockRows, whole) : whole;
  for (int64_t h = 0; h < heads_q_; h += grouped ? group : 1) {
    const float* k = s.k.data() + h / group * s.len_kv * head_dim_;
    const float* v = s.v.data() + h / group * s.len_kv * head_dim_v_;
    for (int64_t row = 0; row < s.len_q; row += step) {
      const int64_t rows = grouped ? group : std::min(step, s.len_q - row), at = h * s.len_q + row;
      units_.push_back({s.q.data() + at * head_dim_, k, v, s.o.data() + at * head_dim_v_, rows, row, grouped ? 0 : 1, s.len_kv, s.offset});
    }
  }
}

UnfusedBlas::Range UnfusedBlas::visible(const Unit& unit, int64_t i) const {
  const int64_t same = unit.first_row + i * unit.row_step + unit.offset;
  Range keys{0, unit.len_kv};
  if (problem_.causal) keys.end = std::min(keys.end, same + 1);
  if (problem_.window_right >= 0) keys.end = std::min(keys.end, same + problem_.window_right + 1);
  if (problem_.window_left >= 0) keys.begin = std::max<int64_t>(0, same - problem_.window_left);
  return {std::min(keys.begin, std::max<int64_t>(keys.end, 0)), std::max<int64_t>(keys.end, 0)};
}

// S = scale * Q K^T, rows of `keys` scores. One row is a matrix-vector product.
void UnfusedBlas::multiply_scores(const Unit& unit, Range keys, float* s) const {
  const int m = static_cast<int>(unit.rows), n = static_cast<int>(keys.end - keys.begin), d = static_cast<int>(head_dim_);
  const float scale = static_cast<float>(problem_.scale);
  const float* k = unit.k + keys.begin * head_dim_;
  if (m == 1) {
    cblas_sgemv(CblasRowMajor, CblasNoTrans, n, d, scale, k, d, unit.q, 1, 0, s, 1);
  } else {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, d, scale, unit.q, d, k, d, 0, s, n);
  }
}

// O = P V
void UnfusedBlas::multiply_values(const Unit& unit, Range keys, const float* p) const {
  const int m = static_cast<int>(unit.rows), n = static_cast<int>(keys.end - keys.begin), d = static_cast<int>(head_dim_v_);
  const float* v = unit.v + keys.begin * head_dim_v_;
  if (m == 1) {
    cblas_sgemv(CblasRowMajor, CblasTrans, n, d, 1, v, d, p, 1, 0, unit.o, 1);
  } else {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, d, n, 1, p, n, v, d, 0, unit.o, d);
  }
}

void UnfusedBlas::compute(const Unit& unit, std::vector<float>& scores) const {
  Range keys = visible(unit, 0);
  for (int64_t i = 1; i < unit.rows; ++i) keys = {std::min(keys.begin, visible(unit, i).begin), std::max(keys.end, visible(unit, i).end)};
  const int64_t width = keys.end - keys.begin;
  if (width == 0) return std::fill_n(unit.o, unit.rows * head_dim_v_, 0.0f), void();
  scores.resize(std::max(scores.size(), static_cast<size_t>(unit.rows * (width + 1))));
  float* sums = scores.data() + unit.rows * width;
  multiply_scores(unit, keys, scores.data());
  for (int64_t i = 0; i < unit.rows; ++i) {
    const Range seen = visible(unit, i);
    float* row = scores.data() + i * width;
    std::fill(row, row + (seen.begin - keys.begin), 0.0f);
    std::fill(row + (seen.end - keys.begin), row + width, 0.0f);
    sums[i] = seen.end > seen.begin ? exponentiate_row(row + (seen.begin - keys.begin), seen.end - seen.begin) : 1.0f;
  }
  multiply_values(unit, keys, scores.data());
  for (int64_t i = 0; i < unit.rows; ++i) scale_row(unit.o + i * head_dim_v_, head_dim_v_, 1 / sums[i]);
}

void UnfusedBlas::run() {
  crew_.run(static_cast<int64_t>(units_.size()),
            [this](int thread, int64_t unit) { compute(units_[static_cast<size_t>(unit)], scores_[static_cast<size_t>(thread)]); });
}

FetchRow UnfusedBlas::rows() const {
  return [this](int64_t sequence, int64_t head, int64_t row, void* destination) {
    const Sequence& s = sequences_[static_cast<size_t>(sequence)];
    std::memcpy(destination, s.o.data() + (head * s.len_q + row) * head_dim_v_, static_cast<size_t>(head_dim_v_) * sizeof(float));
  };
}

}  // namespace

std::unique_ptr<Unfused> make_unfused(const Case& data, int threads, UnfusedShape shape) {
  const rapt_problem& p = data.problem;
  const bool plain = p.mask.type == RAPT_NONE && p.bias.type == RAPT_NONE && p.alibi.type == RAPT_NONE && p.sinks.type == RAPT_NONE;
  const bool contiguous = p.kv_layout == RAPT_KV_DENSE || p.kv_layout == RAPT_KV_RAGGED;
  if (!plain || !contiguous || p.softcap != 0) return nullptr;
  return std::make_unique<UnfusedBlas>(data, threads, shape);
}

bool unfused_available() { return true; }

bool unfused_takes(const workbench::Problem& p) {
  const bool plain = p.mask.empty() && p.bias.empty() && !p.alibi && !p.sinks && p.softcap == 0;
  return plain && p.page_size == 0;
}

std::string unfused_library() {
  const std::string config = openblas_get_config();  // "OpenBLAS 0.3.21 NO_LAPACKE ..."
  return config.substr(0, config.find(' ', config.find(' ') + 1)) + " " + openblas_get_corename();
}

void choose_blas_kernels(const std::string& isa, char** argv) {
  static const std::map<std::string, std::vector<std::string>> kCores = {{"avx512_bf16", {"SkylakeX", "Cooperlake", "SapphireRapids"}},
                                                                         {"avx512", {"SkylakeX", "Cooperlake", "SapphireRapids"}},
                                                                         {"avx2", {"Haswell", "Zen"}},
                                                                         {"sse4", {"Nehalem", "Penryn", "Dunnington"}}};
  const auto cores = kCores.find(isa);
  if (cores == kCores.end()) return;
  const std::vector<std::string>& fitting = cores->second;
  if (std::find(fitting.begin(), fitting.end(), openblas_get_corename()) != fitting.end()) return;
  const char* asked = std::getenv("OPENBLAS_CORETYPE");
  if (asked != nullptr && fitting.front() == asked) return;  // it was asked and could not
  setenv("OPENBLAS_CORETYPE", fitting.front().c_str(), 1);
  execv("/proc/self/exe", argv);
}

}  // namespace rapt::bench
