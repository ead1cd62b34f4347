// What a plan on a machine that runs the kernel table would do, in words, and the table's rows as users see them.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cuda/explain.h"

#include "cuda/division.h"
#include "cuda/engine_on.h"

namespace rapt::gpu {

using kernels::Variant;

void explain(const Machine& machine, const Request& request, const Choice& choice, Text& text) {
  const Plan plan = plan_of(choice);
  const auto rows = machine.forward();
  const Variant &row = rows[static_cast<size_t>(plan.forward.row)], &unaligned = rows[static_cast<size_t>(plan.forward.unaligned)];
  const kernels::Division& division = plan.forward.division;
  const Device* device = device_for(machine, request);
  const int64_t blocks = forward_blocks(division, request.problem);
  if (device != nullptr)
    text.append("  device: %s, compute capability %d.%d, %d multiprocessors\n", device->name, device->architecture / 10,
                device->architecture % 10, device->multiprocessors);
  else
    text.append("  device: none here; this is what compute capability %d.%d would run\n", plan.architecture / 10, plan.architecture % 10);
  text.append("  row: %s for sm_%d%s, head_dim up to %d and %d\n", row.name, row.architecture, row.architecture == 90 ? "a" : " and newer",
              row.head_dim, row.head_dim_v);
  text.append("  tiles: %d queries x %d keys, %d in flight or in use; %d threads, %d bytes of shared memory a block\n", row.tile_q,
              row.tile_kv, row.stages, row.threads, row.shared_bytes);
  explain_occupancy(row, blocks, plan.architecture, device, text);
  if (division.pack > 1) text.append("  heads: %d of a group share tiles of queries\n", division.pack);
  if (division.splits > 1)
    text.append("  splits: %d of %d keys, %lld blocks more to merge them\n", division.splits, division.split_keys,
                static_cast<long long>(merge_blocks(request.problem)));
  if (unaligned.name != row.name) text.append("  unaligned: %s when q, k or v does not begin at a multiple of 16 bytes\n", unaligned.name);
  explain_roofline(row, request.problem, plan.architecture, text);
  explain_other_rows(rows, plan.forward, plan.architecture, request.problem, text);
}

namespace {

const char* head_dims(const Variant& row) {
  static const struct {
    int head_dim, head_dim_v;
    const char* text;
  } known[] = {{64, 64, "up to 64"},    {80, 80, "up to 80"},           {96, 96, "up to 96"},   {128, 128, "up to 128"},
               {192, 192, "up to 192"}, {192, 128, "up to 192, v 128"}, {256, 256, "up to 256"}};
  for (const auto& heads : known)
    if (heads.head_dim == row.head_dim && heads.head_dim_v == row.head_dim_v) return heads.text;
  return "other";
}

}  // namespace

bool variant_at(const Machine& machine, int32_t index, rapt_variant& variant) {
  const auto rows = machine.forward();
  if (index < 0 || static_cast<size_t>(index) >= rows.size()) return false;
  const Variant& row = rows[static_cast<size_t>(index)];
  variant.engine = machine.name;
  variant.name = row.name;
  variant.arch = row.architecture == 90 ? "sm_90a" : "sm_80";
  variant.types = type_name(row.type);
  variant.head_dims = head_dims(row);
  variant.features = row.whole ? "causal align window mask bias alibi softcap sinks lse lse_base2 gqa head_dim_v strides seqlens ragged "
                                 "block_table page_list page_pointers batch_invariant split_kv"
                     : row.softcap ? "causal align window softcap lse lse_base2 gqa head_dim_v strides seqlens ragged batch_invariant"
                     : row.window  ? "causal align window lse lse_base2 gqa head_dim_v strides seqlens ragged batch_invariant"
                                   : "causal align lse lse_base2 gqa head_dim_v strides seqlens ragged batch_invariant";
  Text nobody(nullptr, 0);
  const Device* device = machine.device(0, nobody);
  variant.unavailable = device == nullptr                                      ? "no CUDA device"
                        : row.architecture == 90 && device->architecture != 90 ? "needs compute capability 9.0"
                                                                               : "";
  return true;
}

}  // namespace rapt::gpu
