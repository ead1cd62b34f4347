// `rapt run`, the program itself, on files: every form of input against attention written down plainly.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "tests/support/npy_bytes.h"
#include "tests/support/plain_attention.h"
#include "tests/support/program.h"
#include "workbench/scalar.h"

namespace rapt::tests {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
const float kNan = std::numeric_limits<float>::quiet_NaN();

// [a, b, c, d] -> [a, c, b, d]
std::vector<float> exchanged(const std::vector<float>& x, int64_t a, int64_t b, int64_t c, int64_t d) {
  std::vector<float> y(x.size());
  for (int64_t i = 0; i < a * b * c * d; ++i) {
    const int64_t l = i % d, k = i / d % c, j = i / d / c % b, h = i / d / c / b;
    y[static_cast<size_t>(((h * c + k) * b + j) * d + l)] = x[static_cast<size_t>(i)];
  }
  return y;
}

class ProgramRun : public ::testing::TestWithParam<const char*> {
 protected:
  void write(const std::string& name, const std::vector<int64_t>& shape, const std::vector<float>& values) {
    folder.write(name, npy_f32(shape, values));
  }
  void write(const Plain& p) {
    write("q.npy", p.q_shape(), p.q);
    write("k.npy", p.k_shape(), p.k);
    write("v.npy", p.v_shape(), p.v);
  }

  // rapt run --engine (the parameter) --q q.npy ... --out o.npy --lse lse.npy, and more. It must succeed.
  void run(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"run",   "--engine",  GetParam(),    "--q",   "q.npy",  "--k",
                                          "k.npy", "--v=v.npy", "--out=o.npy", "--lse", "lse.npy"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = run_program(RAPT_PROGRAM_PATH, arguments, folder);
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.err, "");
    EXPECT_EQ(ran.out, "");
  }

  void expect_near(const std::string& file, const std::vector<double>& expected) {
    const std::vector<float> got = npy_floats(folder.read(file));
    ASSERT_EQ(got.size(), expected.size()) << file;
    for (size_t i = 0; i < got.size(); ++i) {
      if (std::isinf(expected[i])) {
        EXPECT_EQ(got[i], expected[i]) << file << " " << i;
      } else {
        EXPECT_NEAR(got[i], expected[i], 3e-6) << file << " " << i;
      }
    }
  }
  void expect_answer(const Plain& p) {
    const PlainAnswer answer = attend(p);
    expect_near("o.npy", answer.o);
    expect_near("lse.npy", answer.lse);
  }

  Folder folder;
};

INSTANTIATE_TEST_SUITE_P(Engine, ProgramRun, ::testing::Values("reference", "cpu"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(ProgramRun, DenseFilesGiveTheAnswer) {
  const Plain p = plain_problem(2);
  write(p);
  run({});
  expect_answer(p);
  EXPECT_NE(npy_dictionary(folder.read("o.npy")).find("'descr': '<f4', 'fortran_order': False, 'shape': (2, 4, 5, 6), "),
            std::string::npos);
  EXPECT_NE(npy_dictionary(folder.read("lse.npy")).find("'shape': (2, 4, 5), "), std::string::npos);
}

TEST_P(ProgramRun, BshdExchangesHeadsAndRows) {
  const Plain p = plain_problem(2);
  write("q.npy", {2, 5, 4, 8}, exchanged(p.q, 2, 4, 5, 8));
  write("k.npy", {2, 7, 2, 8}, exchanged(p.k, 2, 2, 7, 8));
  write("v.npy", {2, 7, 2, 6}, exchanged(p.v, 2, 2, 7, 6));
  run({"--layout", "bshd"});
  const PlainAnswer answer = attend(p);
  EXPECT_NE(npy_dictionary(folder.read("o.npy")).find("(2, 5, 4, 6)"), std::string::npos);
  const std::vector<float> o = exchanged(npy_floats(folder.read("o.npy")), 2, 5, 4, 6);
  for (size_t i = 0; i < o.size(); ++i) EXPECT_NEAR(o[i], answer.o[i], 3e-6) << i;
  expect_near("lse.npy", answer.lse);
}

TEST_P(ProgramRun, FortranOrderAndBigEndianAreOnlyOtherFiles) {
  const Plain p = plain_problem();
  write(p);
  std::vector<float> fortran(p.q.size());
  for (int64_t i = 0; i < 4 * 5 * 8; ++i)
    fortran[static_cast<size_t>(i / 40 + 4 * (i / 8 % 5) + 20 * (i % 8))] = p.q[static_cast<size_t>(i)];
  folder.write("q.npy", npy_file(npy_header_text("<f4", p.q_shape(), true), bytes_of(fortran)));
  std::string big = bytes_of(p.k);
  for (size_t i = 0; i < big.size(); i += 4) std::swap(big[i], big[i + 3]), std::swap(big[i + 1], big[i + 2]);
  folder.write("k.npy", npy_of(">f4", p.k_shape(), big));
  run({});
  expect_answer(p);
}

TEST_P(ProgramRun, CausalLooksBackFromTheLastQueryToTheLastKey) {
  Plain p = plain_problem();
  write(p);
  p.visible = [](int64_t, int64_t, int64_t i, int64_t j) { return j <= i + 2; };
  run({"--causal", "bottom-right"});
  expect_answer(p);
}

TEST_P(ProgramRun, CausalTopLeftAndOffsetMoveTheDiagonal) {
  Plain p = plain_problem();
  write(p);
  p.visible = [](int64_t, int64_t, int64_t i, int64_t j) { return j <= i; };
  run({"--causal=top-left"});
  expect_answer(p);
  p.visible = [](int64_t, int64_t, int64_t i, int64_t j) { return j <= i - 3; };
  run({"--causal", "-3"});
  expect_answer(p);
}

TEST_P(ProgramRun, WindowScaleAndSoftcapMeanWhatTheySay) {
  Plain p = plain_problem();
  write(p);
  p.scale = -0.75;
  p.visible = [](int64_t, int64_t, int64_t i, int64_t j) { return j >= i + 2 - 1 && j <= i + 2 + 2; };
  p.adjust = [](double s, int64_t, int64_t, int64_t, int64_t) { return 1.5 * std::tanh(s / 1.5); };
  run({"--window", "1,2", "--scale=-0.75", "--softcap", "1.5"});
  expect_answer(p);
  p.visible = [](int64_t, int64_t, int64_t i, int64_t j) { return j <= i + 2; };
  run({"--window=-1,0", "--scale", "-0.75", "--softcap=1.5"});
  expect_answer(p);
}

TEST_P(ProgramRun, MaskBiasAlibiAndSinksJoinTheScores) {
  Plain p = plain_problem(2);
  write(p);
  folder.write("mask.npy", npy_of("|b1", {2, 1, 5, 7}, [] {
                 std::string mask(70, '\1');
                 for (size_t i = 0; i < 70; i += 3) mask[i] = '\0';
                 return mask;
               }()));
  write("bias.npy", {1, 4, 1, 7}, some_numbers(28, 5));
  write("alibi.npy", {4}, {0.5f, 0.25f, 0.125f, 0.0625f});
  write("sinks.npy", {4}, {1, -kInf, 0, 2});
  const std::vector<float> bias = some_numbers(28, 5);
  p.visible = [](int64_t b, int64_t, int64_t i, int64_t j) { return ((b * 5 + i) * 7 + j) % 3 != 0; };
  p.adjust = [bias](double s, int64_t, int64_t h, int64_t i, int64_t j) {
    return s + static_cast<double>(bias[static_cast<size_t>(h * 7 + j)]) +
           std::ldexp(0.5, -static_cast<int>(h)) * static_cast<double>(j - i - 2);
  };
  p.sink = [](int64_t h) { return static_cast<double>(std::vector<float>{1, -kInf, 0, 2}[static_cast<size_t>(h)]); };
  run({"--mask", "mask.npy", "--bias", "bias.npy", "--alibi", "alibi.npy", "--sinks", "sinks.npy"});
  expect_answer(p);
}

TEST_P(ProgramRun, AlibiMayDifferBySequence) {
  Plain p = plain_problem(2);
  write(p);
  write("alibi.npy", {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  p.adjust = [](double s, int64_t b, int64_t h, int64_t i, int64_t j) { return s + static_cast<double>((1 + 4 * b + h) * (j - i - 2)); };
  run({"--alibi", "alibi.npy"});
  expect_answer(p);
}

TEST_P(ProgramRun, LengthsShortenSequencesAndPaddedRowsAreEmpty) {
  Plain p = plain_problem(2);
  for (int64_t row = 0; row < 2 * 7; ++row) {  // keys past the length of sequence 1 are NaN
    for (int64_t d = 0; d < 8 && row % 7 >= 4; ++d) p.k[static_cast<size_t>((2 * 7 + row) * 8 + d)] = kNan;
    for (int64_t d = 0; d < 6 && row % 7 >= 4; ++d) p.v[static_cast<size_t>((2 * 7 + row) * 6 + d)] = kNan;
  }
  write(p);
  folder.write("lq.npy", npy_of("<i8", {2}, bytes_of<int64_t>({5, 3})));
  folder.write("lkv.npy", npy_of("<i4", {2}, bytes_of<int32_t>({7, 4})));
  p.visible = [](int64_t b, int64_t, int64_t i, int64_t j) { return b == 0 || (i < 3 && j < 4); };
  run({"--seqlens-q", "lq.npy", "--seqlens-kv", "lkv.npy"});
  expect_answer(p);
}

TEST_P(ProgramRun, PackedSequencesLieEndToEnd) {
  const Plain p = plain_problem();  // sequences of 2 and 3 queries, 3 and 4 keys, cut out of one
  write("q.npy", {5, 4, 8}, exchanged(p.q, 1, 4, 5, 8));
  write("k.npy", {7, 2, 8}, exchanged(p.k, 1, 2, 7, 8));
  write("v.npy", {7, 2, 6}, exchanged(p.v, 1, 2, 7, 6));
  folder.write("cq.npy", npy_of("<i4", {3}, bytes_of<int32_t>({0, 2, 5})));
  folder.write("ck.npy", npy_of("<i8", {3}, bytes_of<int64_t>({0, 3, 7})));
  run({"--cu-seqlens-q", "cq.npy", "--cu-seqlens-kv", "ck.npy"});
  Plain cut = p;
  cut.visible = [](int64_t, int64_t, int64_t i, int64_t j) { return (i < 2) == (j < 3); };
  const PlainAnswer answer = attend(cut);
  EXPECT_NE(npy_dictionary(folder.read("o.npy")).find("(5, 4, 6)"), std::string::npos);
  EXPECT_NE(npy_dictionary(folder.read("lse.npy")).find("(4, 5)"), std::string::npos);
  const std::vector<float> o = exchanged(npy_floats(folder.read("o.npy")), 1, 5, 4, 6);
  for (size_t i = 0; i < o.size(); ++i) EXPECT_NEAR(o[i], answer.o[i], 3e-6) << i;
  expect_near("lse.npy", answer.lse);
}

TEST_P(ProgramRun, PagesThatNoVisibleKeyNeedsAreNeverLookedAt) {
  Plain p = plain_problem(2);
  const int64_t page_size = 3, pages = 6;
  const std::vector<int32_t> table = {4, 1, 2, 77, 0, 5, -9, 1 << 30};  // [2, 4]; sequence 1 has 5 keys: two pages
  std::vector<float> k(static_cast<size_t>(pages * page_size * 2 * 8), kNan), v(static_cast<size_t>(pages * page_size * 2 * 6), kNan);
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t g = 0; g < 2; ++g) {
      for (int64_t j = 0; j < (b == 0 ? 7 : 5); ++j) {
        const int64_t row = (table[static_cast<size_t>(b * 4 + j / page_size)] * page_size + j % page_size) * 2 + g;
        for (int64_t d = 0; d < 8; ++d) k[static_cast<size_t>(row * 8 + d)] = p.k[static_cast<size_t>(((b * 2 + g) * 7 + j) * 8 + d)];
        for (int64_t d = 0; d < 6; ++d) v[static_cast<size_t>(row * 6 + d)] = p.v[static_cast<size_t>(((b * 2 + g) * 7 + j) * 6 + d)];
      }
    }
  }
  write("q.npy", p.q_shape(), p.q);
  write("k.npy", {pages, page_size, 2, 8}, k);
  write("v.npy", {pages, page_size, 2, 6}, v);
  folder.write("table.npy", npy_of("<i4", {2, 4}, bytes_of(table)));
  folder.write("lkv.npy", npy_of("<i4", {2}, bytes_of<int32_t>({7, 5})));
  p.visible = [](int64_t b, int64_t, int64_t, int64_t j) { return b == 0 || j < 5; };
  run({"--block-table", "table.npy", "--seqlens-kv", "lkv.npy"});
  expect_answer(p);
}

TEST_P(ProgramRun, InputsAreRoundedToTheTypeFirst) {
  const Plain p = plain_problem();
  std::vector<float> fine = p.q, rounded = p.q;
  for (size_t i = 0; i < fine.size(); ++i) {
    fine[i] = p.q[i] * 1.001f;
    uint16_t bits = 0;
    workbench::store(&bits, RAPT_BF16, 0, fine[i]);
    rounded[i] = static_cast<float>(workbench::load(&bits, RAPT_BF16, 0));
  }
  write(p);
  write("q.npy", p.q_shape(), fine);
  run({"--dtype", "bf16"});
  const std::string from_fine = folder.read("o.npy");
  EXPECT_NE(npy_dictionary(from_fine).find("'<f4'"), std::string::npos) << "bf16 is written as f32";
  for (const float element : npy_floats(from_fine)) {
    uint32_t bits;
    std::memcpy(&bits, &element, sizeof bits);
    EXPECT_EQ(bits & 0xffff, 0u) << element << " is no bf16";
  }
  write("q.npy", p.q_shape(), rounded);
  run({"--dtype=bf16"});
  EXPECT_EQ(folder.read("o.npy"), from_fine);
}

TEST_P(ProgramRun, AnswersInTheTypeOfTheQueries) {
  const Plain p = plain_problem();  // its numbers are exact in f16
  write(p);
  std::vector<uint16_t> half(p.q.size());
  for (size_t i = 0; i < half.size(); ++i) workbench::store(half.data(), RAPT_F16, static_cast<int64_t>(i), p.q[i]);
  folder.write("q.npy", npy_of("<f2", p.q_shape(), bytes_of(half)));
  run({});
  const std::string file = folder.read("o.npy");
  EXPECT_NE(npy_dictionary(file).find("'<f2'"), std::string::npos);
  const std::string elements = npy_elements(file);
  const PlainAnswer answer = attend(p);
  for (size_t i = 0; i < answer.o.size(); ++i) {
    EXPECT_NEAR(workbench::load(elements.data(), RAPT_F16, static_cast<int64_t>(i)), answer.o[i], 2e-3) << i;
  }
  expect_near("lse.npy", answer.lse);
}

TEST_P(ProgramRun, DoublesAreTakenAsF32) {
  const Plain p = plain_problem();
  write(p);
  folder.write("q.npy", npy_of("<f8", p.q_shape(), bytes_of(std::vector<double>(p.q.begin(), p.q.end()))));
  run({});
  EXPECT_NE(npy_dictionary(folder.read("o.npy")).find("'<f4'"), std::string::npos);
  expect_answer(p);
}

}  // namespace
}  // namespace rapt::tests
