// d (+)= a b over a warpgroup, asynchronously (sm_90a): a 64 x k in shared memory or registers, b k x kN in shared memory, d 64 x kN in
// registers. Shared operands are named by descriptors. k is 32 bytes of elements: 16 of bf16 and f16, 32 of e4m3.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/types.h"

namespace simt {

// wgmma.fence.sync.aligned;   before the first wgmma, and before one whose registers were touched since
SIMT_DEVICE void wgmma_fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

// wgmma.commit_group.sync.aligned;
SIMT_DEVICE void wgmma_commit_group() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

// wgmma.wait_group.sync.aligned n;   at most n groups are still unfinished
template <int kPending>
SIMT_DEVICE void wgmma_wait_group() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" : : "n"(kPending) : "memory");
}

// Orders plain uses of r against the asm around it: they stay behind a wait that stands before. Emits nothing.
template <int N>
SIMT_DEVICE void wgmma_hold(float (&r)[N]) {
  SIMT_UNROLL
  for (int i = 0; i < N; ++i) asm volatile("" : "+f"(r[i]) : : "memory");
}

// What the text of the instruction takes from its type: depth and types; then the signs of a and b, and who is transposed (16-bit types
// only).
template <class T, bool kTransB>
struct WgmmaText;
template <bool kTransB>
struct WgmmaText<bf16, kTransB> {
  static constexpr const char kShape[] = "k16.f32.bf16.bf16";
  static constexpr const char kShared[] = {'1', ',', '1', ',', '0', ',', kTransB ? '1' : '0', 0};
  static constexpr const char kRegisters[] = {'1', ',', '1', ',', kTransB ? '1' : '0', 0};
};
template <bool kTransB>
struct WgmmaText<f16, kTransB> {
  static constexpr const char kShape[] = "k16.f32.f16.f16";
  static constexpr const char kShared[] = {'1', ',', '1', ',', '0', ',', kTransB ? '1' : '0', 0};
  static constexpr const char kRegisters[] = {'1', ',', '1', ',', kTransB ? '1' : '0', 0};
};
template <>
struct WgmmaText<e4m3, false> {
  static constexpr const char kShape[] = "k32.f32.e4m3.e4m3";
  static constexpr const char kShared[] = "1,1";
  static constexpr const char kRegisters[] = "1,1";
};

template <int kN>
struct Wgmma;  // specialised below for the widths in use

// wgmma.mma_async.sync.aligned.m64nNk16.f32.bf16.bf16 d, a_desc, b_desc, accumulate, 1, 1, 0, trans_b;
template <class T, int kN, bool kTransB>
SIMT_DEVICE void wgmma_ss(float (&d)[kN / 2], uint64_t a_desc, uint64_t b_desc, bool accumulate) {
  Wgmma<kN>::template ss<WgmmaText<T, kTransB>>(d, a_desc, b_desc, accumulate);
}

// wgmma.mma_async.sync.aligned.m64nNk16.f32.bf16.bf16 d, {a0, a1, a2, a3}, b_desc, accumulate, 1, 1, trans_b;
template <class T, int kN, bool kTransB>
SIMT_DEVICE void wgmma_rs(float (&d)[kN / 2], const uint32_t (&a)[4], uint64_t b_desc, bool accumulate) {
  Wgmma<kN>::template rs<WgmmaText<T, kTransB>>(d, a, b_desc, accumulate);
}

// One width. D: its accumulators as text, "%0,%1,...", and OPERANDS as constraints; b to a3: the numbers of the operands that follow.
#define SIMT_WGMMA(N, D, OPERANDS, b, accumulate, shape, tail, a0, a1, a2, a3)                                                             \
  template <>                                                                                                                              \
  struct Wgmma<N> {                                                                                                                        \
    template <class Text>                                                                                                                  \
    static SIMT_DEVICE void ss(float (&d)[N / 2], uint64_t a_desc, uint64_t b_desc, bool accumulates) {                                    \
      asm volatile("{ .reg .pred p; setp.ne.b32 p, %" #accumulate ", 0; wgmma.mma_async.sync.aligned.m64n" #N "%" #shape " {" D "}, %" #a0 \
                   ", %" #b ", p, %" #tail "; }"                                                                                           \
                   : OPERANDS                                                                                                              \
                   : "l"(b_desc), "r"(static_cast<int>(accumulates)), "C"(Text::kShape), "C"(Text::kShared), "l"(a_desc));                 \
    }                                                                                                                                      \
    template <class Text>                                                                                                                  \
    static SIMT_DEVICE void rs(float (&d)[N / 2], const uint32_t (&a)[4], uint64_t b_desc, bool accumulates) {                             \
      asm volatile("{ .reg .pred p; setp.ne.b32 p, %" #accumulate ", 0; wgmma.mma_async.sync.aligned.m64n" #N "%" #shape " {" D            \
                   "}, {%" #a0 ",%" #a1 ",%" #a2 ",%" #a3 "}, %" #b ", p, %" #tail "; }"                                                   \
                   : OPERANDS                                                                                                              \
                   : "l"(b_desc), "r"(static_cast<int>(accumulates)), "C"(Text::kShape), "C"(Text::kRegisters), "r"(a[0]), "r"(a[1]),      \
                     "r"(a[2]), "r"(a[3]));                                                                                                \
    }                                                                                                                                      \
  };

// Ten register names, %t0 to %t9; and the constraints of 8, 16, ... accumulators from the i-th on.
#define SIMT_TEN(t) "%" #t "0,%" #t "1,%" #t "2,%" #t "3,%" #t "4,%" #t "5,%" #t "6,%" #t "7,%" #t "8,%" #t "9"
#define SIMT_30 SIMT_TEN() "," SIMT_TEN(1) "," SIMT_TEN(2) ","
#define SIMT_60 SIMT_30 SIMT_TEN(3) "," SIMT_TEN(4) "," SIMT_TEN(5) ","
#define SIMT_90 SIMT_60 SIMT_TEN(6) "," SIMT_TEN(7) "," SIMT_TEN(8) ","
#define SIMT_120 SIMT_90 SIMT_TEN(9) "," SIMT_TEN(10) "," SIMT_TEN(11) ","
#define SIMT_D8(i) \
  "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3]), "+f"(d[i + 4]), "+f"(d[i + 5]), "+f"(d[i + 6]), "+f"(d[i + 7])
#define SIMT_D32(i) SIMT_D8(i), SIMT_D8(i + 8), SIMT_D8(i + 16), SIMT_D8(i + 24)
#define SIMT_D16(i) SIMT_D8(i), SIMT_D8(i + 8)
#define SIMT_D40 SIMT_D32(0), SIMT_D8(32)
#define SIMT_D48 SIMT_D32(0), SIMT_D16(32)
#define SIMT_D64 SIMT_D32(0), SIMT_D32(32)
#define SIMT_D88 SIMT_D64, SIMT_D16(64), SIMT_D8(80)
#define SIMT_D96 SIMT_D64, SIMT_D32(64)
#define SIMT_D128 SIMT_D64, SIMT_D32(64), SIMT_D32(96)

SIMT_WGMMA(64, SIMT_30 "%30,%31", SIMT_D32(0), 32, 33, 34, 35, 36, 37, 38, 39)
SIMT_WGMMA(80, SIMT_30 SIMT_TEN(3), SIMT_D40, 40, 41, 42, 43, 44, 45, 46, 47)
SIMT_WGMMA(96, SIMT_30 SIMT_TEN(3) ",%40,%41,%42,%43,%44,%45,%46,%47", SIMT_D48, 48, 49, 50, 51, 52, 53, 54, 55)
SIMT_WGMMA(128, SIMT_60 "%60,%61,%62,%63", SIMT_D64, 64, 65, 66, 67, 68, 69, 70, 71)
SIMT_WGMMA(176, SIMT_60 SIMT_TEN(6) "," SIMT_TEN(7) ",%80,%81,%82,%83,%84,%85,%86,%87", SIMT_D88, 88, 89, 90, 91, 92, 93, 94, 95)
SIMT_WGMMA(192, SIMT_90 "%90,%91,%92,%93,%94,%95", SIMT_D96, 96, 97, 98, 99, 100, 101, 102, 103)
SIMT_WGMMA(256, SIMT_120 "%120,%121,%122,%123,%124,%125,%126,%127", SIMT_D128, 128, 129, 130, 131, 132, 133, 134, 135)

#undef SIMT_WGMMA
#undef SIMT_TEN
#undef SIMT_30
#undef SIMT_60
#undef SIMT_90
#undef SIMT_120
#undef SIMT_D8
#undef SIMT_D16
#undef SIMT_D32
#undef SIMT_D40
#undef SIMT_D48
#undef SIMT_D64
#undef SIMT_D88
#undef SIMT_D96
#undef SIMT_D128

}  // namespace simt
