// Prints what one attention tile costs here: 128 queries, 128 keys, head_dim 128, S = Q K^T and O = P V (4.2 M products), best of 12.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>

#include "simt/simt.h"
#include "tests/emulator/launch.h"

namespace emu {
namespace {

struct Inputs {
  const simt::bf16* q;  // three arrays of [128][128]
  float* out;
};

struct MmaTile {
  using Params = Inputs;
  struct SharedStorage {
    alignas(16) simt::bf16 m[3][128][128];  // 16-byte chunks swizzled by the row
  };
  static constexpr int kThreads = 256, kMinBlocks = 1;
  static SIMT_DEVICE const simt::bf16* at(const SharedStorage& s, int array, int row, int chunk) {
    return &s.m[array][row][(chunk ^ (row & 7)) * 8];
  }
  static SIMT_DEVICE void run(const Params& p, SharedStorage& s) {
    const int t = simt::thread(), lane = simt::lane(), row0 = 16 * simt::warp();
    for (int i = t; i < 3 * 128 * 16; i += kThreads)
      simt::cp_async_16(const_cast<simt::bf16*>(at(s, i / 2048, i / 16 % 128, i % 16)), p.q + i * 8, true);
    simt::cp_async_wait_all();
    simt::sync_block();
    float d[16][4] = {}, o[16][4] = {};
    for (int k = 0; k < 8; ++k) {
      uint32_t a[4], b[4];
      simt::ldmatrix_x4(a, at(s, 0, row0 + lane % 16, 2 * k + lane / 16));
      for (int n = 0; n < 16; n += 2) {
        simt::ldmatrix_x4(b, at(s, 1, 8 * n + lane % 8 + lane / 16 * 8, 2 * k + lane / 8 % 2));
        simt::mma_m16n8k16<simt::bf16>(d[n], a, b[0], b[1]);
        simt::mma_m16n8k16<simt::bf16>(d[n + 1], a, b[2], b[3]);
      }
    }
    for (int k = 0; k < 8; ++k) {
      const uint32_t a[4] = {simt::pack2<simt::bf16>(d[2 * k][0], d[2 * k][1]), simt::pack2<simt::bf16>(d[2 * k][2], d[2 * k][3]),
                             simt::pack2<simt::bf16>(d[2 * k + 1][0], d[2 * k + 1][1]),
                             simt::pack2<simt::bf16>(d[2 * k + 1][2], d[2 * k + 1][3])};
      for (int n = 0; n < 16; n += 2) {
        uint32_t b[4];
        simt::ldmatrix_x4_trans(b, at(s, 2, 16 * k + lane % 16, n + lane / 16));
        simt::mma_m16n8k16<simt::bf16>(o[n], a, b[0], b[1]);
        simt::mma_m16n8k16<simt::bf16>(o[n + 1], a, b[2], b[3]);
      }
    }
    float sum = 0;
    for (int n = 0; n < 16; ++n) sum += o[n][0] + o[n][1] + o[n][2] + o[n][3];
    p.out[t] = sum;
  }
};

struct WgmmaTile {
  using Params = Inputs;
  struct SharedStorage {
    alignas(1024) simt::bf16 m[3][2][128 * 64];  // two panels of 128 bytes each
    simt::Mbarrier full;
  };
  static constexpr int kThreads = 256, kMinBlocks = 1;
  static SIMT_DEVICE void run(const Params& p, SharedStorage& s) {
    if (simt::thread() == 0) {
      simt::mbarrier_init(s.full, 1);
      simt::fence_mbarrier_init();
      simt::mbarrier_arrive_expect_tx(s.full, sizeof s.m);
      simt::bulk_load(s.m, p.q, sizeof s.m, s.full);
    }
    simt::sync_block();
    simt::mbarrier_wait_parity(s.full, 0);
    float d[64], o[64];
    const auto k_major = [&](int array, int row0, uint32_t k) {
      return simt::wgmma_descriptor(simt::shared_address(s.m[array][k / 4]) + uint32_t(row0) * 128 + k % 4 * 32, 16, 1024,
                                    simt::Swizzle::b128);
    };
    simt::wgmma_fence();
    for (uint32_t k = 0; k < 8; ++k)
      simt::wgmma_ss<simt::bf16, 128, false>(d, k_major(0, 64 * simt::warpgroup(), k), k_major(1, 0, k), k != 0);
    simt::wgmma_commit_group();
    simt::wgmma_wait_group<0>();
    uint32_t a[8][4];
    for (int k = 0; k < 8; ++k)
      for (int i = 0; i < 4; ++i) a[k][i] = simt::pack2<simt::bf16>(d[8 * k + 2 * i], d[8 * k + 2 * i + 1]);
    simt::wgmma_fence();
    for (int k = 0; k < 8; ++k) {
      const uint32_t start = simt::shared_address(s.m[2][0]) + 2048 * uint32_t(k);
      simt::wgmma_rs<simt::bf16, 128, true>(o, a[k], simt::wgmma_descriptor(start, 128 * 128, 1024, simt::Swizzle::b128), k != 0);
    }
    simt::wgmma_commit_group();
    simt::wgmma_wait_group<0>();
    float sum = 0;
    for (int i = 0; i < 64; ++i) sum += o[i];
    p.out[simt::thread()] = sum;
  }
};

template <class Kernel>
void time(const char* what) {
  DeviceArray<uint16_t> in(std::vector<uint16_t>(3 * 128 * 128, 0x3c00), "q k v");
  DeviceArray<float> out(256, "out");
  const Inputs p{reinterpret_cast<const simt::bf16*>(in.data()), out.data()};
  for (const bool race : {false, true}) {
    Options o;
    o.race = o.uninitialised = race;
    double best = 1e9;
    for (int i = 0; i < 12; ++i) {
      const auto start = std::chrono::steady_clock::now();
      const Report r = launch<Kernel>({}, p, o);
      const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
      if (!r.clean()) std::puts(r.text().c_str());
      best = spent.count() < best ? spent.count() : best;
    }
    std::printf("%-6s %-13s %6.2f ms\n", what, race ? "race detector" : "no detector", best);
  }
}

}  // namespace
}  // namespace emu

int main() {
  emu::time<emu::MmaTile>("mma");
  emu::time<emu::WgmmaTile>("wgmma");
}
