// Catalogue section F: strides, alignment, head dimensions, grouped heads.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "tests/conformance/edit.h"
#include "tests/conformance/machines.h"
#include "workbench/scalar.h"

namespace rapt::conformance {
namespace {

using namespace workbench;

class BugCatalogueF : public Conformance {};
INSTANTIATE_TEST_SUITE_P(Machines, BugCatalogueF, testing::ValuesIn(machines()), machine_name);

const char* const kTypes[] = {"f32", "f16", "bf16"};

// The same numbers in a [batch, seqlen, heads, dim] buffer, described with exchanged strides.
void exchange_heads_and_rows(rapt_tensor& tensor, Buffer& buffer, const void*& pointer) {
  rapt_tensor moved = rapt_dense(tensor.type, tensor.shape[0], tensor.shape[2], tensor.shape[1], tensor.shape[3]);
  std::swap(moved.shape[1], moved.shape[2]);
  std::swap(moved.strides[1], moved.strides[2]);
  const Buffer old = buffer;
  const rapt_tensor from = tensor;
  buffer = Buffer(static_cast<size_t>(extent(moved)) * rapt_type_size(moved.type));
  fill(moved, buffer, [&](int64_t b, int64_t h, int64_t i, int64_t d) { return at(from, old, b, h, i, d); });
  tensor = moved;
  pointer = buffer.data();
}

TEST_P(BugCatalogueF, F01TransposedViewsOfAnyOneTensorGiveTheSameBits) {
  for (const char* type : kTypes) {
    const Case plain = case_of(fmt::format("{}:b2,hq4,hkv2,sq19,sk70,d40,dv24:causal=br", type));
    const std::vector<double> expected = o_of(plain, run(plain));
    for (int which = 0; which < 4; ++which) {
      Case data = plain;
      if (which == 0 || which == 3) exchange_heads_and_rows(data.problem.q, data.q, data.args.q);
      if (which == 1 || which == 3) exchange_heads_and_rows(data.problem.k, data.k, data.args.k);
      if (which == 2 || which == 3) exchange_heads_and_rows(data.problem.v, data.v, data.args.v);
      EXPECT_TRUE(same_bits(expected, o_of(data, run(data)))) << type << " view " << which;
    }
    expect_judged(plain);
  }
}

TEST_P(BugCatalogueF, F03AnInnermostStrideOfTwoIsRefusedNotMisread) {
  for (rapt_tensor rapt_problem::*tensor : {&rapt_problem::q, &rapt_problem::k, &rapt_problem::v, &rapt_problem::o}) {
    Case data = case_of("f32:b1,hq1,sq4,sk4,d8");
    rapt_tensor& t = data.problem.*tensor;
    t.strides[3] = 2;
    t.strides[2] = 16;
    t.strides[1] = t.strides[0] = 64;
    t.bytes = 0;
    std::string sentence;
    const rapt_status status = plan_status(data, &sentence);
    EXPECT_TRUE(status == RAPT_INVALID_ARGUMENT || status == RAPT_UNSUPPORTED) << status;
    EXPECT_FALSE(sentence.empty());
  }
}

TEST_P(BugCatalogueF, F04ABiasNeedsOnlyTheAlignmentOfItsElements) {
  for (const int keys : {43, 77, 361}) {
    for (const char* bias : {"f16", "bf16", "f32"}) {
      Case data = case_of(fmt::format("f32:b1,hq2,sq9,sk{},d16:bias=1hqk/{}", keys, bias));
      expect_judged(data);
      const auto size = static_cast<int64_t>(rapt_type_size(data.problem.bias.type));
      Buffer shifted(static_cast<size_t>((extent(data.problem.bias) + 1) * size));
      fill(data.problem.bias, shifted,
           [&](int64_t b, int64_t h, int64_t i, int64_t j) { return at(data.problem.bias, data.bias, b, h, i, j); });
      std::copy_backward(shifted.as<char>(), shifted.as<char>() + extent(data.problem.bias) * size, shifted.as<char>() + shifted.size());
      Case moved = data;
      moved.bias = shifted;
      moved.args.bias = shifted.as<char>() + size;
      EXPECT_TRUE(same_bits(run(data), run(moved))) << keys << " " << bias;
    }
  }
}

TEST_P(BugCatalogueF, F04QKAndVNeedOnlyTheAlignmentOfTheirElements) {
  for (const char* type : kTypes) {
    const Case data = case_of(fmt::format("{}:b1,hq2,sq9,sk70,d64", type));
    Case moved = data;
    const auto size = static_cast<int64_t>(rapt_type_size(data.problem.q.type));
    const auto shift = [&](const rapt_tensor& tensor, const Buffer& from, Buffer& to, const void*& pointer) {
      to = Buffer(from.size() + static_cast<size_t>(size));
      std::copy(from.as<char>(), from.as<char>() + from.size(), to.as<char>() + size);
      pointer = to.as<char>() + size;
      EXPECT_EQ(extent(tensor) * size, static_cast<int64_t>(from.size()));
    };
    shift(data.problem.q, data.q, moved.q, moved.args.q);
    shift(data.problem.k, data.k, moved.k, moved.args.k);
    shift(data.problem.v, data.v, moved.v, moved.args.v);
    EXPECT_TRUE(same_bits(run(data), run(moved))) << type;
  }
}

TEST_P(BugCatalogueF, F06QueriesSplitFromPackedQkvLendTheirStridesToNobody) {
  for (const char* type : kTypes) {
    Case data = case_of(fmt::format("{}:b2,hq3,hkv3,sq21,d24:causal=br", type));
    const std::vector<double> expected = o_of(data, run(data));
    // One buffer [batch, seqlen, 3, heads, dim]; o keeps its own dense strides.
    constexpr int64_t kRow = 3 * 3 * 24;
    const rapt_tensor view = {data.problem.q.type, 0, {2, 3, 21, 24}, {21 * kRow, 24, kRow, 1}, 0};
    const auto size = static_cast<int64_t>(rapt_type_size(view.type));
    Buffer packed(static_cast<size_t>(2 * 21 * kRow * size));
    const auto place = [&](int64_t third, rapt_tensor& tensor, const Buffer& from, const void*& pointer) {
      unsigned char* const base = packed.as<unsigned char>() + third * 3 * 24 * size;
      for (int64_t b = 0; b < 2; ++b) {
        for (int64_t e = 0; e < 3 * 21 * 24; ++e) {
          const int64_t h = e / (21 * 24), i = e / 24 % 21, d = e % 24;
          store(base, view.type, offset_of(view, b, h, i, d), at(tensor, from, b, h, i, d));
        }
      }
      tensor = view;
      pointer = base;
    };
    place(0, data.problem.q, data.q, data.args.q);
    place(1, data.problem.k, data.k, data.args.k);
    place(2, data.problem.v, data.v, data.args.v);
    EXPECT_TRUE(same_bits(expected, o_of(data, run(data)))) << type;
  }
}

TEST_P(BugCatalogueF, F07GapsInsideEveryTensorAreNeitherReadNorWritten) {
  for (const char* type : kTypes) {
    for (const char* layout : {"strided", "strided,page16", "strided,list8", "strided,pointers4", "strided,ragged"}) {
      expect_judged(fmt::format("{}:b2,hq4,hkv2,sq5,sk50,d24,dv40:causal=br,lens=random:{}", type, layout));
      expect_judged(fmt::format("{}:b3,hq4,hkv2,sq1,sk90,d40:lens=random:{}", type, layout));
    }
  }
}

TEST_P(BugCatalogueF, F09StridesOfSizeOneDimensionsMeanNothing) {
  const Case plain = case_of("f32:b1,hq1,sq1,sk1,d16:mask=bhqk,bias=bhqk");
  const Outcome expected = run(plain);
  for (const int64_t absurd : {int64_t{0}, int64_t{3331333}, int64_t{99990001}, int64_t{1} << 40}) {
    Case data = plain;
    for (rapt_tensor rapt_problem::*tensor : {&rapt_problem::q, &rapt_problem::k, &rapt_problem::v, &rapt_problem::o, &rapt_problem::lse,
                                              &rapt_problem::mask, &rapt_problem::bias}) {
      for (int dim = 0; dim < 3; ++dim) (data.problem.*tensor).strides[dim] = absurd;
    }
    data.problem.lse.strides[3] = data.problem.mask.strides[3] = data.problem.bias.strides[3] = absurd;
    EXPECT_TRUE(same_bits(expected, run(data))) << absurd;
  }
  for (const int64_t absurd : {int64_t{0}, int64_t{99990001}}) {
    Case data = case_of("f32:b1,hq3,hkv1,sq4,sk9,d16");
    data.problem.q.strides[0] = data.problem.k.strides[0] = data.problem.k.strides[1] = data.problem.v.strides[1] = absurd;
    expect_judged(data);
  }
}

TEST_P(BugCatalogueF, F10ValuesMayHaveAnotherWidth) {
  for (const char* type : kTypes) {
    for (const char* dims : {"d64,dv128", "d192,dv128", "d256,dv512", "d8,dv1", "d1,dv8"}) {
      expect_judged(fmt::format("{}:b1,hq4,hkv2,sq17,sk33,{}:causal=br", type, dims));
      expect_judged(fmt::format("{}:b2,hq4,hkv1,sq1,sk77,{}", type, dims));
    }
  }
  expect_judged("f32:b1,hq8,hkv8,sq129,sk769,d64,dv128:causal=br");
}

TEST_P(BugCatalogueF, F10ValuesMayBeAViewOfTheKeys) {
  for (const char* type : kTypes) {
    for (const char* layout : {"", ":page16"}) {
      Case data = case_of(fmt::format("{}:b2,hq8,hkv1,sq2,sk67,d576,dv512:causal=br{}", type, layout));
      const int64_t width = data.problem.v.shape[3];
      data.problem.v = data.problem.k;
      data.problem.v.shape[3] = width;
      data.problem.v.bytes = 0;
      data.v = data.k;
      data.args.v = data.args.k;
      expect_judged(data);
    }
  }
}

TEST_P(BugCatalogueF, F13AnyHeadDimensionFromOne) {
  for (const int dim : {1, 8, 40, 59, 72, 80, 88, 96, 111, 112, 160, 224}) {
    for (const char* type : kTypes) {
      expect_judged(fmt::format("{}:b1,hq2,hkv1,sq18,sk35,d{}:causal=br", type, dim));
      expect_judged(fmt::format("{}:b2,hq2,hkv1,sq1,sk35,d{}:lens=random:page8", type, dim));
    }
  }
}

TEST_P(BugCatalogueF, F15HeadsThatDoNotDivideAreRefused) {
  for (const auto& [heads_q, heads_kv] : {std::pair{33, 2}, {3, 2}, {2, 4}, {1, 3}}) {
    rapt_problem problem = dense_problem(RAPT_F32, 1, heads_q, heads_kv, 4, 4, 8, 8);
    problem.engine = GetParam().engine;
    rapt_plan* plan = nullptr;
    EXPECT_EQ(rapt_plan_create(context(), &problem, &plan), RAPT_INVALID_ARGUMENT) << heads_q << "/" << heads_kv;
    EXPECT_NE(std::string(rapt_last_error()).find("heads"), std::string::npos) << rapt_last_error();
    rapt_plan_destroy(plan);
  }
}

TEST_P(BugCatalogueF, F16EveryQueryHeadReadsItsOwnKvHead) {
  for (const auto& [heads_q, heads_kv] : {std::pair{28, 4}, {32, 8}, {12, 12}, {6, 1}, {15, 3}}) {
    for (const char* type : kTypes) {
      for (const char* shape : {"sq1,sk40", "sq3,sk40", "sq33,sk40"}) {
        Case data = case_of(fmt::format("{}:b2,hq{},hkv{},{},d16,dv8", type, heads_q, heads_kv, shape));
        fill(data.problem.q, data.q, [](auto...) { return 0.0; });
        shorten_kv(data, {32, 16});
        fill_v(data, [](int64_t b, int64_t h, auto, auto) { return static_cast<double>(10 * b + h + 1); });
        const Outcome outcome = run(data);
        const int64_t group = heads_q / heads_kv;
        for (int64_t b = 0; b < 2; ++b) {
          for (int64_t h = 0; h < heads_q; ++h) {
            const auto id = static_cast<double>(10 * b + h / group + 1);
            EXPECT_EQ(at(data.problem.o, outcome.o, b, h, data.problem.q.shape[2] - 1, 7), id) << data.name << " head " << h;
          }
        }
      }
    }
  }
}

// Of pages by pointers K may be there and V not.
TEST_P(BugCatalogueF, APageWithoutItsKeysOrWithoutItsValuesIsHidden) {
  for (const char* type : kTypes) {
    for (const int rows : {3, 70, 200}) {
      const Case whole = case_of(fmt::format("{}:b1,hq1,sq{},sk700,d24::pointers64", type, rows));
      const auto without = [&](bool k, bool v) {
        Case data = case_of(whole.name);  // a copy would share its buffers
        for (const int64_t page : {2, 5, 10}) {
          if (k) data.k_pages.as<const void*>()[page] = nullptr;
          if (v) data.v_pages.as<const void*>()[page] = nullptr;
        }
        return run_engine(context(), data, GetParam().engine, false);
      };
      const Outcome neither = without(true, true);
      EXPECT_EQ(neither.status, RAPT_BAD_INDEX) << whole.name;
      for (const bool k : {false, true}) {
        const Outcome one = without(k, !k);
        EXPECT_EQ(one.status, RAPT_BAD_INDEX) << whole.name;
        EXPECT_TRUE(same_bits(neither, one)) << whole.name << (k ? " without keys" : " without values");
      }
      EXPECT_FALSE(same_bits(neither, run_engine(context(), whole, GetParam().engine, false))) << whole.name;
    }
  }
}

}  // namespace
}  // namespace rapt::conformance
