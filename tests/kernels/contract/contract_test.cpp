// Each instruction, called through the emulated provider in a small kernel, does what the pure semantics say: same bits, however copies
// land and threads are scheduled. Where hardware has recorded the kernels, the semantics are held to that too.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "tests/emulator/isa/tensor_map.h"
#include "tests/emulator/memory.h"
#include "tests/kernels/contract/emulated_cases.h"
#include "tests/kernels/contract/images.h"
#include "tests/kernels/contract/semantics.h"

namespace rapt::contract {
namespace {

constexpr uint32_t kSeeds[] = {1, 2, 3};

Images emulated(const Case& c, uint32_t seed, const emu::Options& options) {
  Images images = drawn(c, seed);
  emu::DeviceArray<uint32_t> registers_in(images.registers_in, "registers_in"), registers_out(images.registers_out.size(), "registers_out"),
      shared_in(images.shared_in, "shared_in"), shared_out(images.shared_in.size(), "shared_out");
  emu::DeviceArray<uint8_t> global(images.global, "global");
  EmulatedRun run{options, &global, {}};
  Params params{registers_in.data(), registers_out.data(), shared_in.data(), shared_out.data(), global.data(), {}};
  if (c.tensor.rank > 0) {
    EXPECT_EQ(emu::isa::encode(params.map, tensor_of(c, global.data())), nullptr);
  }
  c.launch(params, &run);
  EXPECT_TRUE(run.report.clean()) << run.report.text();
  images.registers_out = registers_out.host();
  images.shared_out = shared_out.host();
  images.global = global.host();
  return images;
}

// Bits, but any NaN for a NaN where the word is a float: payloads are not part of the contract of arithmetic.
bool same_word(const Case& c, uint32_t a, uint32_t b) {
  const auto nan = [](uint32_t w) { return (w & 0x7fffffff) > 0x7f800000; };
  return a == b || (c.fill == Fill::floats && nan(a) && nan(b));
}

// Functions that are approximate: ulp between the machine's value and the IEEE one.
int tolerance(const std::string& name) { return name == "exp2" || name == "log2" || name == "rcp" || name == "tanh" ? 2 : 0; }

void expect_same(const Case& c, const Images& want, const Images& have) {
  for (size_t i = 0; i < want.registers_out.size(); ++i) {
    const int64_t ulp = int64_t{want.registers_out[i]} - int64_t{have.registers_out[i]};
    ASSERT_TRUE(same_word(c, want.registers_out[i], have.registers_out[i]) || std::abs(ulp) <= tolerance(c.name))
        << "thread " << i / static_cast<size_t>(c.out) << " register " << i % static_cast<size_t>(c.out) << std::hex << ": 0x"
        << have.registers_out[i] << ", not 0x" << want.registers_out[i] << " of 0x"
        << have.registers_in[i / static_cast<size_t>(c.out) * static_cast<size_t>(c.in)];
  }
  for (size_t i = 0; i < want.shared_out.size(); ++i) ASSERT_EQ(have.shared_out[i], want.shared_out[i]) << "shared word " << i;
  for (size_t i = 0; i < want.global.size(); ++i) ASSERT_EQ(have.global[i], want.global[i]) << "global byte " << i;
}

class Contract : public testing::TestWithParam<Case> {};

TEST_P(Contract, EmulatedProviderDoesWhatTheSemanticsSay) {
  const Case& c = GetParam();
  const auto semantics = semantics_of(c.name);
  ASSERT_TRUE(semantics) << "nothing says what " << c.name << " means";
  for (uint32_t seed : kSeeds)
    for (emu::Landing landing : {emu::Landing::eager, emu::Landing::lazy, emu::Landing::random})
      for (emu::Order order : {emu::Order::fifo, emu::Order::random, emu::Order::skewed}) {
        emu::Options options;
        options.landing = landing, options.order = order, options.seed = seed;
        Images want = drawn(c, seed);
        semantics(c, want);
        expect_same(c, want, emulated(c, seed, options));
        if (HasFatalFailure()) FAIL() << "seed " << seed;
      }
}

// A tensor copy may fall outside its tensor: not for every seed.
TEST_P(Contract, SomeSeedShowsWhatItDoes) {
  const Case& c = GetParam();
  bool shown = false;
  for (uint32_t seed : kSeeds) {
    const Images before = drawn(c, seed);
    Images after = before;
    semantics_of(c.name)(c, after);
    shown = shown || digest(c, before) != digest(c, after);
  }
  EXPECT_TRUE(shown);
}

INSTANTIATE_TEST_SUITE_P(Instructions, Contract, testing::ValuesIn(emulated_cases()),
                         [](const auto& of) { return std::string(of.param.name); });

// The golden file: device and driver in its first line, then a case, a seed and the digest of the outputs in each.
TEST(ContractOnHardware, RecordedWhatTheSemanticsSay) {
  const char* elsewhere = std::getenv("RAPT_HARDWARE_RECORD");
  std::ifstream file(elsewhere != nullptr ? elsewhere : RAPT_SOURCE_DIR "/tests/golden/contract/hardware.txt");
  std::string device, name, line;
  std::getline(file, device);
  std::map<std::string, Case> unverified;
  for (const Case& c : emulated_cases())
    if (c.architecture) unverified.emplace(c.name, c);
  const std::map<std::string, Case> known = unverified;
  while (std::getline(file, line)) {
    uint32_t seed;
    uint64_t recorded;
    std::stringstream(line) >> name >> seed >> std::hex >> recorded;
    ASSERT_EQ(known.count(name), 1u) << name;
    const Case& c = known.at(name);
    Images want = drawn(c, seed);
    semantics_of(name)(c, want);
    if (tolerance(name) == 0) {
      EXPECT_EQ(digest(c, want), recorded) << name << " on " << device << ", seed " << seed;
    }
    unverified.erase(name);
  }
  if (!unverified.empty()) std::cout << "unverified on hardware:";
  for (const auto& [unseen, c] : unverified) std::cout << ' ' << unseen;
  std::cout << '\n';
}

}  // namespace
}  // namespace rapt::contract
