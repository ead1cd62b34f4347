// Counts instructions and turns them into clocks.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/gates/ceiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace rapt::tests {
namespace {

// A multiprocessor's rates a clock. EX2: CUDA C++ Programming Guide, arithmetic throughput, 8.0 and 9.0. Matrix: peak of the data sheet
// over multiprocessors and clock: A100 312 TFLOP/s (TF32 half) = 108 x 1.41 GHz x 2048, H100 989.5 = 132 x 1.83 GHz x 4096.
constexpr double kEx2Lanes = 16, kIssued = 4, kSharedBytes = 128;
constexpr double kHmmaClocks = 2;  // 16816 at 2048 FLOP, 1688.TF32 at 1024

double computing_warps(const kernels::Variant& row) { return row.architecture == 90 ? row.tile_q / 16.0 : row.threads / 32.0; }

int element_bytes(const kernels::Variant& row) { return row.type == kernels::ElementType::f32 ? 4 : 2; }

// N of HGMMA.64xNx16; 0: another instruction.
double columns(const Instruction& instruction) {
  return instruction.opcode.rfind("HGMMA.64x", 0) == 0 ? std::atof(instruction.opcode.c_str() + 9) : 0;
}

// Clocks of the tensor cores for one instruction of every warp that computes: a warpgroup has four.
double tensor_clocks(const Instruction& instruction, double warps) {
  if (const double n = columns(instruction); n > 0) return warps / 4 * n / 2;  // 64 n 16 2 FLOP
  return instruction.opcode.rfind("HMMA.", 0) == 0 ? warps * kHmmaClocks : 0;
}

// Bytes between shared memory and registers or copies for a warp's instruction, a quarter of a warpgroup's. No bank conflicts.
double shared_bytes(const Instruction& instruction) {
  const std::string& opcode = instruction.opcode;
  const auto starts = [&](const char* text) { return opcode.rfind(text, 0) == 0; };
  const auto ends = [&](const char* text) { return opcode.size() > 2 && opcode.substr(opcode.size() - std::string(text).size()) == text; };
  if (const double n = columns(instruction); n > 0) {  // B, 16 x n, and A, 64 x 16, unless it is in registers
    const size_t a = instruction.operands.find("gdesc"), first_end = instruction.operands.find(',');
    const bool a_in_registers = a != std::string::npos && instruction.operands.find(',', first_end + 1) < a;
    return (32 * n + (a_in_registers ? 0 : 2048)) / 4;
  }
  if (starts("LDSM")) return ends(".4") ? 512 : ends(".2") ? 256 : 128;
  if (starts("LDS") || starts("STS") || starts("LDGSTS"))
    return opcode.find(".128") != std::string::npos ? 512 : opcode.find(".64") != std::string::npos ? 256 : 128;
  return 0;
}

}  // namespace

TileWork tile_work(const kernels::Variant& row) {
  const int d = row.head_dim, dv = row.head_dim_v, kv = row.tile_kv;
  if (row.architecture == 90) return {d / 16, kv / 16, 0};
  const auto copies = [&](int columns) {  // of 16 bytes a thread
    const int chunks = kv * columns * element_bytes(row) / 16;
    return (chunks + row.threads - 1) / row.threads;
  };
  const int blocks = row.tile_q / (row.threads / 2);  // of 16 rows, of a warp
  const bool f32 = row.type == kernels::ElementType::f32;
  const int each = f32 ? 3 * blocks : blocks, depth = f32 ? 8 : 16;  // f32: high high, high low, low high
  return {each * (d / depth) * (kv / 8), each * (kv / depth) * (dv / 8), copies(d) + copies(dv)};
}

double Ceiling::tensor_share() const { return tensor / std::max({tensor, exponentials, issue, shared}); }

Ceiling ceiling(const kernels::Variant& row, const Code& turn) {
  const double warps = computing_warps(row);
  Ceiling c;
  c.matrix = count(turn, "MMA\\.");
  c.tiles = c.matrix / tile_work(row).matrix();
  c.ex2 = count(turn, "^MUFU\\.EX2");
  c.arithmetic = count(turn, "^F(FMA|MUL|ADD|MNMX)");
  c.ldsm = count(turn, "^LDSM");
  c.copies = count(turn, "^(LDGSTS|UTMALDG)");
  c.barriers = count(turn, "^(BAR|SYNCS)");
  c.all = static_cast<int>(turn.size());
  for (const Instruction& instruction : turn) {
    c.tensor += tensor_clocks(instruction, warps);
    c.shared += warps * shared_bytes(instruction) / kSharedBytes;
  }
  if (row.architecture == 90)  // other warps' copies of K and V
    c.shared += c.tiles * row.tile_kv * (row.head_dim + row.head_dim_v) * element_bytes(row) / kSharedBytes;
  c.exponentials = warps * c.ex2 * 32 / kEx2Lanes;
  c.issue = warps * c.all / kIssued;
  return c;
}

std::string title() {
  return fmt::format("{:<34} {:>5} {:>6} {:>4} {:>5} {:>4} {:>6} {:>4} {:>5} | {:>6} {:>5} {:>6} {:>6} | {:>5}", "row", "tiles", "matrix",
                     "ex2", "float", "ldsm", "copies", "bars", "all", "tensor", "exp", "issue", "shared", "bound");
}

std::string line(const kernels::Variant& row, const Ceiling& c) {
  return fmt::format("{:<34} {:>5} {:>6} {:>4} {:>5} {:>4} {:>6} {:>4} {:>5} | {:>6.0f} {:>5.0f} {:>6.0f} {:>6.0f} | {:>4.0f}%", row.name,
                     c.tiles, c.matrix, c.ex2, c.arithmetic, c.ldsm, c.copies, c.barriers, c.all, c.tensor, c.exponentials, c.issue,
                     c.shared, 100 * c.tensor_share());
}

}  // namespace rapt::tests
