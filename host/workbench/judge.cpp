// Asks the reference for the exact answer and measures an engine's distance to it, element by element.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "workbench/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "workbench/scalar.h"

namespace rapt::workbench {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr size_t kBins = 11;  // tenths of the bound, and one for what is beyond

rapt_tensor exact_tensor(const rapt_tensor& tensor) {
  return rapt_dense(RAPT_F64, tensor.shape[0], tensor.shape[1], tensor.shape[2], tensor.shape[3]);
}

int64_t elements(const rapt_tensor& t) { return t.shape[0] * t.shape[1] * t.shape[2] * t.shape[3]; }

std::vector<double> values(const Buffer& buffer, const rapt_tensor& tensor) {
  return {buffer.as<double>(), buffer.as<double>() + elements(tensor)};
}

// |got - exact| / bound; infinite where one is NaN or infinite and the other is not. An exact value beyond the type's largest may become
// its infinity.
double distance(double got, double exact, double bound, rapt_type type) {
  if (std::isnan(exact) || std::isnan(got)) return std::isnan(exact) && std::isnan(got) ? 0 : kInfinity;
  if (got == exact) return 0;
  if (std::isinf(got)) {
    double rounded = 0;
    store(&rounded, type, 0, exact);
    return load(&rounded, type, 0) == got ? 0 : kInfinity;
  }
  const double error = std::abs(got - exact);
  return bound > 0 && std::isfinite(bound) ? error / bound : kInfinity;
}

// Walks the rows of one output and keeps the worst element.
class Comparison {
 public:
  Comparison(const Case& data, Verdict& verdict) : data_(data), verdict_(verdict) {}

  void tensor(const char* name, const rapt_tensor& t, const Buffer& got, const std::vector<double>& exact, const std::vector<double>& bound,
              bool counts) {
    const rapt_tensor dense = exact_tensor(t);
    for (int64_t b = 0; b < static_cast<int64_t>(data_.lens_q.size()); ++b) {
      for (int64_t h = 0; h < t.shape[1]; ++h) {
        for (int64_t i = 0; i < data_.lens_q[static_cast<size_t>(b)]; ++i) {
          const int64_t from = query_row(data_, t, b, h, i), to = query_row(data_, dense, b, h, i);
          for (int64_t d = 0; d < t.shape[3]; ++d) {
            const auto at = static_cast<size_t>(to + d);
            const double value = load(got.data(), t.type, from + d), ratio = distance(value, exact[at], bound[at], t.type);
            note(ratio, value, exact[at], counts);
            if (ratio > verdict_.worst || verdict_.worst_element.empty()) {
              verdict_.worst = std::max(ratio, verdict_.worst);
              const std::string index =
                  t.shape[3] == 1 && !counts ? fmt::format("{},{},{}", b, h, i) : fmt::format("{},{},{},{}", b, h, i, d);
              verdict_.worst_element =
                  fmt::format("{}[{}] = {:.9g}, exact {:.17g}, bound {:.3g}", name, index, value, exact[at], bound[at]);
            }
          }
        }
      }
    }
  }
  int64_t count() const { return count_; }
  int64_t failed() const { return failed_; }

 private:
  void note(double ratio, double value, double exact, bool counts) {
    ++count_;
    if (ratio > 1) ++failed_;
    const double error = std::abs(value - exact);
    if (std::isfinite(error)) verdict_.max_abs_error = std::max(verdict_.max_abs_error, error);
    if (counts) ++verdict_.histogram[ratio < 1 ? static_cast<size_t>(ratio * 10) : kBins - 1];
  }

  const Case& data_;
  Verdict& verdict_;
  int64_t count_ = 0, failed_ = 0;
};

void require(rapt_status status, const Case& data) {
  if (status != RAPT_OK)
    throw std::runtime_error(fmt::format("{}: the reference refuses: {} ({})", data.name, rapt_last_error(), rapt_status_name(status)));
}

void fill_bounds(rapt_context* context, const Case& data, int32_t engine, Judgement& exact) {
  rapt_problem problem = data.problem;
  problem.engine = engine;
  double* const lse = exact.bound_lse.empty() ? nullptr : exact.bound_lse.data();
  require(rapt_error_bound(context, &problem, &data.args, exact.bound_o.data(), lse), data);
}

}  // namespace

Judgement judge(rapt_context* context, const Case& data, int32_t engine) {
  Case exact = data;
  exact.problem.o = exact_tensor(data.problem.o);
  if (data.problem.lse.type != RAPT_NONE) exact.problem.lse = exact_tensor(data.problem.lse);
  const Outcome outcome = run_engine(context, exact, RAPT_ENGINE_REFERENCE, false);
  if (!outcome.ok()) {
    throw std::runtime_error(
        fmt::format("{}: the reference refuses: {} ({})", data.name, outcome.message, rapt_status_name(outcome.status)));
  }
  Judgement judgement;
  judgement.o = values(outcome.o, data.problem.o);
  judgement.bound_o.assign(judgement.o.size(), 0.0);
  if (data.problem.lse.type != RAPT_NONE) {
    judgement.lse = values(outcome.lse, data.problem.lse);
    judgement.bound_lse.assign(judgement.lse.size(), 0.0);
  }
  fill_bounds(context, data, engine, judgement);
  return judgement;
}

Judgement judged_for(rapt_context* context, const Case& data, int32_t engine, Judgement exact) {
  if (rapt_type_size(data.problem.o.type) > rapt_type_size(data.problem.q.type)) fill_bounds(context, data, engine, exact);
  return exact;
}

Verdict compare(const Case& data, const Judgement& exact, const Outcome& outcome) {
  Verdict verdict;
  verdict.histogram.assign(kBins, 0);
  Comparison comparison(data, verdict);
  comparison.tensor("o", data.problem.o, outcome.o, exact.o, exact.bound_o, true);
  if (data.problem.lse.type != RAPT_NONE) comparison.tensor("lse", data.problem.lse, outcome.lse, exact.lse, exact.bound_lse, false);
  verdict.pass = comparison.failed() == 0;
  if (!verdict.pass) {
    verdict.message = fmt::format("{}: {}: {:.3g} times the bound; {} of {} elements are beyond it", data.name, verdict.worst_element,
                                  verdict.worst, comparison.failed(), comparison.count());
  }
  return verdict;
}

Verdict validate(rapt_context* context, const Case& data, int32_t engine, bool suspicious) {
  const Outcome outcome = run_engine(context, data, engine, suspicious);
  if (outcome.ok()) return compare(data, judge(context, data, engine), outcome);
  Verdict verdict;
  verdict.pass = false;
  verdict.worst = kInfinity;
  verdict.histogram.assign(kBins, 0);
  verdict.message = outcome.status == RAPT_OK ? fmt::format("{}: {}", data.name, outcome.message)
                                              : fmt::format("{}: {} ({})", data.name, outcome.message, rapt_status_name(outcome.status));
  return verdict;
}

}  // namespace rapt::workbench
