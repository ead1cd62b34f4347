// How far every machine is from the exact answer, in tenths of the bound, printed: a fixed set of problems of each kind of input.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class ErrorHistogram : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, ErrorHistogram, testing::ValuesIn(engine_machines()), machine_name);

const char* const kShapes[] = {"b1,hq2,hkv1,sq96,sk257,d64:causal=br", "b1,hq4,hkv1,sq3,sk700,d128:causal=br",
                               "b1,hq1,sq64,sk300,d256:causal=br"};
const char* const kDistributions[] = {"normal", "peaked", "outliers", "equal", "large", "uniform"};

// "avx512 f32 normal   worst 0.12 |  98.1   1.9   0.0 ..." percent of elements in each tenth of the bound, the last beyond it.
void print(const std::string& machine, const std::string& type, const char* distribution, const Verdict& sum) {
  int64_t count = 0;
  for (const int64_t bin : sum.histogram) count += bin;
  std::string line = fmt::format("{:<10} {:<4} {:<8} worst {:5.3f} |", machine, type, distribution, sum.worst);
  for (const int64_t bin : sum.histogram) line += fmt::format(" {:5.1f}", 100.0 * static_cast<double>(bin) / static_cast<double>(count));
  fmt::print("{}\n", line);
}

TEST_P(ErrorHistogram, NoElementIsBeyondTheBound) {
  for (const char* type : {"f32", "f16", "bf16"}) {
    for (const char* distribution : kDistributions) {
      Verdict sum;
      sum.histogram.assign(11, 0);
      for (const char* shape : kShapes) {
        const auto answer = judged(fmt::format("{}:{},data={}", type, shape, distribution));
        const Verdict verdict = compare(answer->data, answer->exact, run(answer->data));
        EXPECT_TRUE(verdict.pass) << verdict.message;
        sum.worst = std::max(sum.worst, verdict.worst);
        for (size_t bin = 0; bin < sum.histogram.size(); ++bin) sum.histogram[bin] += verdict.histogram[bin];
      }
      print(GetParam().name, type, distribution, sum);
    }
  }
}

// Norm of the error over the norm of the answer, for normal inputs at the usual scale: about what rounding P and O costs, no more.
TEST_P(ErrorHistogram, NormalInputsStayWithinTheUsualRelativeError) {
  for (const auto& [type, limit] : {std::pair{"f32", 1e-6}, {"f16", 3.2e-4}, {"bf16", 2.6e-3}}) {
    for (const char* shape : {"b1,hq2,sq64,sk1024,d128", "b1,hq2,sq256,d64:causal=br", "b4,hq8,hkv2,sq1,sk1024,d128"}) {
      const auto answer = judged(fmt::format("{}:{}", type, shape));
      const std::vector<double> o = o_of(answer->data, run(answer->data));
      double error = 0, norm = 0;
      for (size_t e = 0; e < o.size(); ++e) {
        error += (o[e] - answer->exact.o[e]) * (o[e] - answer->exact.o[e]);
        norm += answer->exact.o[e] * answer->exact.o[e];
      }
      EXPECT_LE(std::sqrt(error / norm), limit) << type << " " << shape;
    }
  }
}

}  // namespace
}  // namespace rapt::conformance
