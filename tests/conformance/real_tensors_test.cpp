// Tensors of real models: outlier channels, attention sinks, scores of +-80. Against the answers that came with them, and rounded to 16
// bits. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "tests/conformance/machines.h"
#include "tests/conformance/real_case.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

bool is_large(const RealCase& real) { return real.q.shape[2] > 1024; }

const std::vector<RealCase>& real_cases() {
  static const std::vector<RealCase> cases = [] {
    std::vector<RealCase> all;
    for (const auto& folder : real_case_folders()) {
      RealCase real = load_real_case(folder);
      if (!is_large(real) || !test::kSanitized) all.push_back(std::move(real));
    }
    return all;
  }();
  return cases;
}

std::vector<Padding> paddings(const RealCase& real) {
  return real.padded() ? std::vector{Padding::mask, Padding::bias, Padding::lengths} : std::vector{Padding::none};
}

// Judged once for all machines; `given`: the case's own answers in place of the judge's.
const Judged& judged_real(const RealCase& real, rapt_type type, Padding padding, bool given) {
  static std::map<std::string, Judged> kept;
  const auto [at, fresh] = kept.try_emplace(fmt::format("{} {} {} {}", real.folder.string(), type, static_cast<int>(padding), given));
  Judged& judged = at->second;
  if (!fresh) return judged;
  judged.data = case_of(real, type, padding);
  if (!given) {
    judged.exact = judge(judging_context(), judged.data);
    return judged;
  }
  judged.exact = {real.o, real.lse, std::vector<double>(real.o.size()), std::vector<double>(real.lse.size())};
  const rapt_status status = rapt_error_bound(judging_context(), &judged.data.problem, &judged.data.args, judged.exact.bound_o.data(),
                                              judged.exact.bound_lse.data());
  EXPECT_EQ(status, RAPT_OK) << rapt_last_error();
  return judged;
}

class RealTensors : public Conformance {
 protected:
  // Types that hold the stored numbers are held against the given answers, the others against the judge's of the rounded inputs.
  void expect_answers(rapt_type type) const {
    for (const RealCase& real : real_cases()) {
      const bool given = holds_exactly(real, type);
      for (const Padding padding : paddings(real)) {
        const Judged& answer = judged_real(real, type, padding, given);
        const Outcome outcome = run_engine(context(), answer.data, GetParam().engine, !is_large(real));
        ASSERT_TRUE(outcome.ok()) << outcome.message;
        const Verdict verdict = compare(answer.data, answer.exact, outcome);
        EXPECT_TRUE(verdict.pass) << GetParam().name << ": " << verdict.message;
      }
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Machines, RealTensors, testing::ValuesIn(engine_machines()), machine_name);

TEST_P(RealTensors, InSinglePrecisionGiveTheAnswersThatCameWithThem) {
  for (const RealCase& real : real_cases()) ASSERT_TRUE(holds_exactly(real, RAPT_F32)) << real.name;
  expect_answers(RAPT_F32);
}
TEST_P(RealTensors, InHalfPrecisionStayWithinTheBound) { expect_answers(RAPT_F16); }
TEST_P(RealTensors, InBfloatStayWithinTheBound) { expect_answers(RAPT_BF16); }

TEST(RealTensorsJudge, AgreesWithTheAnswersThatCameWithThem) {
  ASSERT_GE(real_cases().size(), 4u);
  fmt::print(
      "{} cases{}\n", real_cases().size(),
      std::filesystem::exists(RAPT_DATA_DIR "/real") ? "" : ": those kept in the tree; " RAPT_DATA_DIR "/real, which has more, is absent");
  for (const RealCase& real : real_cases()) {
    double largest = 0;
    for (const double value : real.o) largest = std::max(largest, std::abs(value));
    for (const Padding padding : paddings(real)) {
      const Judgement& exact = judged_real(real, RAPT_F32, padding, false).exact;
      ASSERT_EQ(exact.o.size(), real.o.size());
      for (size_t e = 0; e < real.o.size(); ++e) {
        const double room = 1e-13 * largest + (real.o_is_f32 ? 0x1p-24 * std::abs(real.o[e]) : 0);
        ASSERT_LE(std::abs(exact.o[e] - real.o[e]), room) << real.name << " element " << e;
      }
      for (size_t e = 0; e < real.lse.size(); ++e) {
        ASSERT_LE(std::abs(exact.lse[e] - real.lse[e]), 1e-13 * std::max(1.0, std::abs(real.lse[e]))) << real.name << " row " << e;
      }
    }
  }
}

}  // namespace
}  // namespace rapt::conformance
