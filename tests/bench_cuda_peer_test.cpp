// The unfused peer on GPUs asks for the right products and the right rows of softmax: on a pretended device whose products and softmax are
// plain loops.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "bench/cuda_peer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "bench/cuda_softmax.h"
#include "workbench/cublas.h"
#include "workbench/judge.h"
#include "workbench/scalar.h"

namespace rapt::workbench {
namespace {

class Loops : public Cublas {
 public:
  void multiply(const Product& p) override {
    for (int64_t i = 0; i < p.count; ++i) {
      for (int64_t row = 0; row < p.rows; ++row) {
        for (int64_t column = 0; column < p.columns; ++column) {
          double sum = 0;
          for (int64_t d = 0; d < p.depth; ++d) {
            const int64_t b = p.transposed ? column * p.depth + d : d * p.columns + column;
            sum += load(p.a, p.type, i * p.a_stride + row * p.depth + d) * load(p.b, p.type, i * p.b_stride + b);
          }
          store(p.c, p.type, i * p.c_stride + row * p.columns + column, static_cast<double>(p.alpha) * sum);
        }
      }
    }
  }
  std::string version() const override { return "loops"; }
};

}  // namespace

std::unique_ptr<Cublas> find_cublas(std::string&) { return std::make_unique<Loops>(); }

}  // namespace rapt::workbench

namespace rapt::bench {

int softmax_on_device(const ScoreRows& r) {
  for (int64_t row = 0; row < r.rows; ++row) {
    const int64_t i = row % r.seqlen_q, begin = row * r.seqlen_kv;
    const auto seen = [&](int64_t j) { return j >= i - r.back && j <= i + r.ahead; };
    double sum = 0;
    for (int64_t j = 0; j < r.seqlen_kv; ++j) sum += seen(j) ? std::exp(workbench::load(r.s, r.type, begin + j)) : 0;
    for (int64_t j = 0; j < r.seqlen_kv; ++j)
      workbench::store(r.s, r.type, begin + j, seen(j) ? std::exp(workbench::load(r.s, r.type, begin + j)) / sum : 0);
  }
  return 0;
}

namespace {

using workbench::Case;

class UnfusedPeer : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Bench, UnfusedPeer,
                         testing::Values("bf16:hq2,sq33,d64", "f16:b2,hq4,hkv2,sq17,sk29,d32,dv40", "bf16:b2,hq8,hkv2,sq19,d64:causal=br",
                                         "f16:hq4,hkv1,sq5,sk40,d32:causal=br", "bf16:b2,hq8,hkv2,sq1,sk50,d64",
                                         "bf16:hq2,sq40,d32:causal=br,win=7:-1,scale=0.3"));

TEST_P(UnfusedPeer, IsAttention) {
  const Case data = workbench::make_case(workbench::parse_problem(GetParam()));
  ASSERT_EQ(why_no_peer(data.problem, data.args), nullptr);
  const DeviceTensors tensors(data);
  std::string library;
  const std::unique_ptr<CudaPeer> peer = make_cublas(tensors, library);
  peer->run();
  EXPECT_EQ(library, "loops");
  const workbench::Context context = workbench::make_context(1);
  const workbench::Judgement exact = workbench::judge(context.get(), data);
  const workbench::Buffer o = peer->o();
  for (size_t at = 0; at < exact.o.size(); ++at)
    ASSERT_NEAR(workbench::load(o.data(), data.problem.o.type, static_cast<int64_t>(at)), exact.o[at], 0.02) << "element " << at;
}

TEST(Peers, SayWhatTheyDoNotTake) {
  for (const char* text : {"f32:sq3,d8", "bf16/f16/bf16/bf16:sq3,d8", "bf16:b2,sq3,d8:lens=random", "bf16:b2,sq3,d8::ragged",
                           "bf16:sq1,sk9,d8::page4", "bf16:hq2,sq3,d8::strided", "bf16:sq3,d8:cap=5", "bf16:sq3,d8:sinks",
                           "bf16:sq3,d8:mask=11qk", "bf16:sq3,sk5,d8:causal=tl", "bf16:sq3,d8:win=1:1", "bf16:sq3,d8:win=1:-1"}) {
    const Case data = workbench::make_case(workbench::parse_problem(text));
    EXPECT_NE(why_no_peer(data.problem, data.args), nullptr) << text;
  }
}

}  // namespace
}  // namespace rapt::bench
