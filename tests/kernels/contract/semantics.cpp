// Semantics of the conformance kernels, a line or a function each.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/contract/semantics.h"

#include <cmath>
#include <cstring>
#include <map>

#include "tests/emulator/isa/convert.h"
#include "tests/emulator/isa/matrix.h"
#include "tests/emulator/isa/mma.h"
#include "tests/emulator/isa/tensor_copy.h"
#include "tests/emulator/isa/wgmma.h"

namespace rapt::contract {
namespace {

using namespace emu::isa;
using Semantics = std::function<void(const Case&, Images&)>;

Semantics of_word(uint32_t (*f)(uint32_t)) {
  return [f](const Case& c, Images& m) {
    for (int t = 0; t < c.threads; ++t) m.out(c, t, 0) = f(m.in(c, t, 0));
  };
}
Semantics of_floats(uint32_t (*f)(float, float, float)) {
  return [f](const Case& c, Images& m) {
    for (int t = 0; t < c.threads; ++t) m.out(c, t, 0) = f(float_of(m.in(c, t, 0)), float_of(m.in(c, t, 1)), float_of(m.in(c, t, 2)));
  };
}
// Lane -> the lane that it reads.
Semantics of_shuffle(int (*source)(int)) {
  return [source](const Case& c, Images& m) {
    for (int t = 0; t < c.threads; ++t) m.out(c, t, 0) = m.in(c, source(t), 0);
  };
}

void vote(const Case& c, Images& m) {
  uint32_t ballot = 0;
  for (int t = 0; t < 32; ++t) ballot |= (m.in(c, t, 0) & 1) << t;
  for (int t = 0; t < 32; ++t) {
    m.out(c, t, 0) = ballot != 0;
    m.out(c, t, 1) = ballot == ~0u;
    m.out(c, t, 2) = ballot;
    m.out(c, t, 3) = m.in(c, 0, 0);
  }
}

Semantics of_ldmatrix(bool trans) {
  return [trans](const Case& c, Images& m) {
    const void* rows[32];
    uint32_t r[32][4];
    for (int t = 0; t < 32; ++t) rows[t] = &m.shared_in[m.in(c, t, 0) % 32 * 4];
    ldmatrix(r, rows, c.out, trans);
    for (int t = 0; t < 32; ++t)
      for (int i = 0; i < c.out; ++i) m.out(c, t, i) = r[t][i];
  };
}
Semantics of_stmatrix(bool trans) {
  return [trans](const Case& c, Images& m) {
    void* rows[32];
    uint32_t r[32][4] = {};
    for (size_t t = 0; t < 32; ++t) rows[t] = &m.shared_out[(13 * t + 5) % 32 * 4];
    for (int t = 0; t < 32; ++t)
      for (int i = 0; i < c.in; ++i) r[t][i] = m.in(c, t, i);
    stmatrix(rows, r, c.in, trans);
  };
}
void movmatrix_case(const Case& c, Images& m) {
  uint32_t d[32], a[32];
  for (int t = 0; t < 32; ++t) a[t] = m.in(c, t, 0);
  movmatrix(d, a);
  for (int t = 0; t < 32; ++t) m.out(c, t, 0) = d[t];
}

template <class Lanes>
Semantics of_mma(void (*mma)(Lanes&)) {
  return [mma](const Case& c, Images& m) {
    Lanes lanes;
    for (int t = 0; t < 32; ++t) {
      std::memcpy(lanes.d[t], &m.registers_in[static_cast<size_t>(10 * t)], 16);
      std::memcpy(lanes.a[t], &m.registers_in[static_cast<size_t>(10 * t + 4)], 16);
      std::memcpy(lanes.b[t], &m.registers_in[static_cast<size_t>(10 * t + 8)], 8);
    }
    mma(lanes);
    for (int t = 0; t < 32; ++t) std::memcpy(&m.out(c, t, 0), lanes.d[t], 16);
  };
}

Semantics of_cp_async(size_t bytes) {
  return [bytes](const Case& c, Images& m) {
    for (int t = 0; t < 32; ++t) {
      uint8_t* to = reinterpret_cast<uint8_t*>(&m.shared_out[static_cast<size_t>((5 * t + 3) % 32 * 4)]);
      std::memset(to, 0, bytes);
      if (m.in(c, t, 1) % 2 == 0) std::memcpy(to, &m.global[m.in(c, t, 0) % 32 * 16], bytes);
    }
  };
}
void cp_async_arrive(const Case& c, Images& m) {
  std::memcpy(m.shared_out.data(), m.global.data(), 32 * 16);
  for (int t = 0; t < 32; ++t) m.out(c, t, 0) = m.shared_out[static_cast<size_t>((t + 1) % 32 * 4)];
}
void mbarrier(const Case& c, Images& m) {
  for (int t = 0; t < 32; ++t) {
    m.out(c, t, 0) = 2;  // fresh: parity 1 counts as completed
    m.out(c, t, 1) = 1;  // then parity 0
  }
}

// Coordinates as the case computes them from thread 0's registers.
void tensor_copy(const Case& c, Images& m) {
  const TensorMapInfo map = tensor_of(c, m.global.data());
  const std::string name = c.name;
  int at[5];
  for (int d = 0; d < 5; ++d) at[d] = coordinate(m.in(c, 0, d), d);
  for (const Chunk& chunk : box_chunks(map, 0, at)) {
    uint8_t* shared = reinterpret_cast<uint8_t*>(m.shared_out.data()) + chunk.shared;
    if (name.find("load") != std::string::npos) load_chunk(shared, chunk);
    if (name.find("store") != std::string::npos) store_chunk(shared, chunk);
    if (name.find("add") != std::string::npos) add_chunk(shared, chunk, map.type);
  }
}

void wgmma(const Case& c, Images& m) {
  using Type = WgmmaFacts::Type;
  const WgmmaFacts& f = c.wgmma;
  const WgmmaType type = f.type == Type::bf16 ? WgmmaType::bf16 : f.type == Type::f16 ? WgmmaType::f16 : WgmmaType::e4m3;
  const int n = 2 * c.out, depth = depth_of(type);
  const uint8_t* window = reinterpret_cast<const uint8_t*>(m.shared_in.data());
  std::vector<float> a(static_cast<size_t>(64 * depth)), b(static_cast<size_t>(depth * n));
  const uint32_t* a_registers[128];
  float* d[128];
  for (int t = 0; t < 128; ++t) {
    a_registers[t] = &m.registers_in[static_cast<size_t>(t * c.in + c.out)];
    std::memcpy(&m.out(c, t, 0), &m.registers_in[static_cast<size_t>(t * c.in)], static_cast<size_t>(4 * c.out));
    d[t] = reinterpret_cast<float*>(&m.out(c, t, 0));
  }
  if (f.registers)
    read_registers(a.data(), type, a_registers);
  else
    read_operand(a.data(), depth, 1, type, f.a_descriptor, false, 64, window);
  read_operand(b.data(), 1, n, type, f.b_descriptor, f.trans_b, n, window);
  multiply(d, n, depth, a.data(), b.data(), f.accumulate);
}

void bulk_load(const Case&, Images& m) { std::memcpy(&m.shared_out[8], &m.global[16], 96); }
void bulk_store(const Case&, Images& m) { std::memcpy(&m.global[16], &m.shared_in[8], 96); }
void bulk_add(const Case&, Images& m) {
  for (size_t i = 0; i < 24; ++i) {
    uint32_t theirs;
    std::memcpy(&theirs, &m.global[16 + 4 * i], 4);
    const uint32_t sum = bits_of(float_of(theirs) + float_of(m.shared_in[8 + i]));
    std::memcpy(&m.global[16 + 4 * i], &sum, 4);
  }
}

uint32_t word(float x) { return bits_of(x); }

const std::map<std::string, Semantics> kSemantics = {
    {"exp2", of_word([](uint32_t a) { return word(exp2_ftz(float_of(a))); })},
    {"log2", of_word([](uint32_t a) { return word(log2_ftz(float_of(a))); })},
    {"rcp", of_word([](uint32_t a) { return word(rcp_ftz(float_of(a))); })},
    {"tanh", of_word([](uint32_t a) { return word(tanh_approx(float_of(a))); })},
    {"to_tf32", of_word([](uint32_t a) { return float_to_tf32(float_of(a)); })},
    {"from_float_bf16", of_word([](uint32_t a) { return uint32_t{float_to_bf16(float_of(a))}; })},
    {"from_float_f16", of_word([](uint32_t a) { return uint32_t{float_to_f16(float_of(a))}; })},
    {"from_float_e4m3", of_word([](uint32_t a) { return uint32_t{float_to_e4m3(float_of(a))}; })},
    {"is_nan", of_word([](uint32_t a) { return uint32_t{is_nan_bits(a)}; })},
    {"fma", of_floats([](float a, float b, float c) { return word(std::fma(a, b, c)); })},
    {"max", of_floats([](float a, float b, float) { return word(std::fmax(a, b)); })},
    {"min", of_floats([](float a, float b, float) { return word(std::fmin(a, b)); })},
    {"pack2_bf16", of_floats([](float lo, float hi, float) { return float_to_bf16(lo) | uint32_t{float_to_bf16(hi)} << 16; })},
    {"pack2_f16", of_floats([](float lo, float hi, float) { return float_to_f16(lo) | uint32_t{float_to_f16(hi)} << 16; })},
    {"pack2_8bit_e4m3", of_floats([](float lo, float hi, float) { return float_to_e4m3(lo) | uint32_t{float_to_e4m3(hi)} << 8; })},
    {"to_float_bf16", of_word([](uint32_t a) { return word(bf16_to_float(static_cast<uint16_t>(a))); })},
    {"to_float_f16", of_word([](uint32_t a) { return word(f16_to_float(static_cast<uint16_t>(a))); })},
    {"to_float_e4m3", of_word([](uint32_t a) { return word(e4m3_to_float(static_cast<uint8_t>(a))); })},
    {"unpack2_e4m3", of_word([](uint32_t a) {
       return float_to_f16(e4m3_to_float(static_cast<uint8_t>(a))) | uint32_t{float_to_f16(e4m3_to_float(static_cast<uint8_t>(a >> 8)))}
                                                                         << 16;
     })},
    {"shfl_xor", of_shuffle([](int lane) { return lane ^ 5; })},
    {"shfl_xor_float", of_shuffle([](int lane) { return lane ^ 1; })},
    {"shfl", of_shuffle([](int) { return 7; })},
    {"shfl_up", of_shuffle([](int lane) { return lane < 3 ? lane : lane - 3; })},
    {"shfl_down_float", of_shuffle([](int lane) { return lane + 9 > 31 ? lane : lane + 9; })},
    {"vote", vote},
    {"ldmatrix_x1", of_ldmatrix(false)},
    {"ldmatrix_x2", of_ldmatrix(false)},
    {"ldmatrix_x4", of_ldmatrix(false)},
    {"ldmatrix_x1_trans", of_ldmatrix(true)},
    {"ldmatrix_x2_trans", of_ldmatrix(true)},
    {"ldmatrix_x4_trans", of_ldmatrix(true)},
    {"stmatrix_x1", of_stmatrix(false)},
    {"stmatrix_x2", of_stmatrix(false)},
    {"stmatrix_x4", of_stmatrix(false)},
    {"stmatrix_x1_trans", of_stmatrix(true)},
    {"stmatrix_x2_trans", of_stmatrix(true)},
    {"stmatrix_x4_trans", of_stmatrix(true)},
    {"movmatrix_trans", movmatrix_case},
    {"mma_m16n8k16_bf16", of_mma(mma_m16n8k16_bf16)},
    {"mma_m16n8k16_f16", of_mma(mma_m16n8k16_f16)},
    {"mma_m16n8k8_tf32", of_mma(mma_m16n8k8_tf32)},
    {"mma_m16n8k32_e4m3", of_mma(mma_m16n8k32_e4m3)},
    {"mma_m16n8k32_s8", of_mma(mma_m16n8k32_s8)},
    {"cp_async_16", of_cp_async(16)},
    {"cp_async_8", of_cp_async(8)},
    {"cp_async_4", of_cp_async(4)},
    {"cp_async_mbarrier_arrive_noinc", cp_async_arrive},
    {"mbarrier", mbarrier},
    {"bulk_load", bulk_load},
    {"bulk_store", bulk_store},
    {"bulk_reduce_add_f32", bulk_add},
};

}  // namespace

TensorMapInfo tensor_of(const Case& c, uint8_t* global) {
  static constexpr Element kFloats[] = {Element::f16, Element::bf16, Element::f32};
  const int bytes = c.tensor.element_bytes;
  const Element type = c.tensor.number != Number::integer ? kFloats[static_cast<int>(c.tensor.number) - 1]
                       : bytes == 1                       ? Element::u8
                       : bytes == 2                       ? Element::u16
                                                          : Element::u32;
  TensorMapInfo map{global, type, c.tensor.rank, {}, {}, {}, c.tensor.swizzle_bytes};
  for (int d = 0; d < c.tensor.rank; ++d) {
    map.dim[d] = static_cast<uint64_t>(c.tensor.dim[d]);
    map.stride[d] = static_cast<uint64_t>(c.tensor.stride[d]);
    map.box[d] = static_cast<uint32_t>(c.tensor.box[d]);
  }
  return map;
}

Semantics semantics_of(const std::string& name) {
  if (Semantics of_blocks = semantics_of_blocks(name)) return of_blocks;
  if (name.rfind("tma_", 0) == 0) return tensor_copy;
  if (name.rfind("wgmma_", 0) == 0) return wgmma;
  const auto found = kSemantics.find(name);
  return found == kSemantics.end() ? Semantics{} : found->second;
}

}  // namespace rapt::contract
