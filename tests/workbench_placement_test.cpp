// Arguments on a device: copied, translated, guarded and brought back. The device is pretended: its memory is the host's, elsewhere.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>

#include "tests/support/pretended_cuda.h"
#include "workbench/placement_on_device.h"
#include "workbench/run.h"

namespace rapt::workbench {
namespace {

using tests::pretended_allocation;

// One planned call of the cpu engine, placed.
struct Placed {
  Case data;
  Context context = make_context(1);
  std::unique_ptr<rapt_plan, void (*)(rapt_plan*)> plan{nullptr, rapt_plan_destroy};
  Buffer o, lse, workspace;
  std::unique_ptr<Placement> on_device;

  explicit Placed(const std::string& problem) : data(make_case(parse_problem(problem))) {
    rapt_plan* created = nullptr;
    data.problem.engine = RAPT_ENGINE_CPU;
    if (rapt_plan_create(context.get(), &data.problem, &created) != RAPT_OK) throw std::runtime_error(rapt_last_error());
    plan.reset(created);
    const Outcome like = run_engine(context.get(), data, RAPT_ENGINE_CPU, false);
    o = Buffer(like.o.size());
    if (data.problem.lse.type != RAPT_NONE) lse = Buffer(like.lse.size());
    workspace = Buffer(rapt_plan_workspace(created));
    on_device = place_on_device(created, data, o, lse, workspace);
  }
};

const char* const kProblems[] = {"f32:b2,hq4,hkv2,sq33,sk70,d24,dv40:causal=br",
                                 "bf16:b3,hq2,sq17,sk65,d64:mask=bhqk,bias=1hqk/f16,alibi,sinks,lens=random:strided",
                                 "f16:b3,hq4,hkv2,sq9,sk40,d32:causal=br,lens=edges,nolse:ragged",
                                 "bf16:b3,hq4,hkv1,sq2,sk90,d32:lens=random:page16",
                                 "bf16:b3,hq4,hkv1,sq2,sk90,d32:lens=random:list7",
                                 "f32:b3,hq4,hkv2,sq2,sk90,d32,dv16:lens=random:pointers16"};

class PlacementOnDevice : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Workbench, PlacementOnDevice, testing::ValuesIn(kProblems));

TEST_P(PlacementOnDevice, ComputesTheSameAndLeavesTheInputsAsTheyWere) {
  Placed placed(GetParam());
  const uint64_t before = placed.data.hash();
  ASSERT_EQ(placed.on_device->run(), RAPT_OK) << rapt_last_error();
  EXPECT_EQ(placed.on_device->bring_back(true), "");
  EXPECT_EQ(placed.data.hash(), before) << "page addresses too are the host's again";
  const Outcome host = run_engine(placed.context.get(), placed.data, RAPT_ENGINE_CPU, false);
  EXPECT_EQ(std::memcmp(host.o.data(), placed.o.data(), host.o.size()), 0);
  EXPECT_TRUE(placed.lse.size() == 0 || std::memcmp(host.lse.data(), placed.lse.data(), host.lse.size()) == 0);
  EXPECT_TRUE(placed.o.guards_intact() && placed.lse.guards_intact() && placed.data.guards_intact());
}

TEST_P(PlacementOnDevice, GivesTheEngineNoAddressOfTheHost) {
  const Placed placed(GetParam());
  const rapt_args& args = placed.on_device->args();
  for (const void* address :
       {args.q, args.k, args.v, static_cast<const void*>(args.o), static_cast<const void*>(args.lse), args.mask, args.bias, args.alibi,
        args.sinks, static_cast<const void*>(args.seqlens_q), static_cast<const void*>(args.seqlens_kv),
        static_cast<const void*>(args.cu_seqlens_q), static_cast<const void*>(args.cu_seqlens_kv),
        static_cast<const void*>(args.block_table), static_cast<const void*>(args.kv_indptr), static_cast<const void*>(args.kv_indices),
        static_cast<const void*>(args.kv_last_page_len), static_cast<const void*>(args.k_pages), static_cast<const void*>(args.v_pages)}) {
    EXPECT_TRUE(address == nullptr || pretended_allocation(address)) << address;
  }
}

TEST_P(PlacementOnDevice, TellsOfWritesAroundABuffer) {
  for (const int64_t outside : {int64_t{-1}, int64_t{-4096}, int64_t{0}, int64_t{4095}}) {
    Placed placed(GetParam());
    const int64_t at = outside < 0 ? outside : static_cast<int64_t>(placed.o.size()) + outside;
    static_cast<unsigned char*>(placed.on_device->args().o)[at] = 0;
    EXPECT_EQ(placed.on_device->bring_back(false), "something was written before or after o on the device") << outside;
  }
}

TEST(PlacementByDeviceClock, CountsEveryRun) { EXPECT_DOUBLE_EQ(Placed(kProblems[0]).on_device->seconds(3), 3 * 2e-3); }

TEST(PlacementWithoutBands, EndsWhereTheTensorEnds) {
  place_with_bands(false);
  Placed placed(kProblems[0]);
  place_with_bands(true);
  EXPECT_EQ(pretended_allocation(placed.on_device->args().o), placed.o.size());
  EXPECT_EQ(pretended_allocation(placed.on_device->args().q), placed.data.q.size());
  ASSERT_EQ(placed.on_device->run(), RAPT_OK);
  EXPECT_EQ(placed.on_device->bring_back(true), "");
  const Outcome host = run_engine(placed.context.get(), placed.data, RAPT_ENGINE_CPU, false);
  EXPECT_EQ(std::memcmp(host.o.data(), placed.o.data(), host.o.size()), 0);
}

}  // namespace
}  // namespace rapt::workbench
