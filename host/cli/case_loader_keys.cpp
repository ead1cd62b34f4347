// Keys and values: dense, packed or in pages, and how many of them each sequence has.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/case_loader.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/lengths.h"
#include "cli/options.h"

namespace rapt::cli {
namespace {

constexpr int64_t kMostRows = int64_t{1} << 48;  // of a sequence; what the library accepts

}  // namespace

void CaseLoader::load_keys_and_values() {
  rapt_problem& p = data_.problem;
  const Input &q = inputs_.require("q"), &k = inputs_.require("k"), &v = inputs_.require("v");
  refuse_together("seqlens_kv", "cu_seqlens_kv", "packed keys have their lengths from the offsets: leave it out");
  refuse_together("block_table", "cu_seqlens_kv", "keys are either packed or in pages: leave one out");
  const bool packed = inputs_.has("cu_seqlens_kv"), paged = inputs_.has("block_table");
  const bool rows_first = packed || paged || layout_ == Layout::bshd;
  const std::string form = packed ? "[total,Hkv,D]" : paged ? "[num_pages,page_size,Hkv,D]" : "[B,Hkv,Skv,D]";
  k_ = sizes_of(k, packed ? 3 : 4, rows_first, form);
  v_ = sizes_of(v, packed ? 3 : 4, rows_first, form);
  if (k_.dim != q_.dim) {
    throw BadInput(fmt::format("{}: its last dimension is {}, but that of {} is {}; make them equal", k.option, k_.dim, q.option, q_.dim));
  }
  if (v_.outer != k_.outer || v_.heads != k_.heads || v_.rows != k_.rows) {
    throw BadInput(fmt::format("{}: its shape is {}, but that of {} is {}; all but the last dimension must agree", v.option,
                               print_shape(v.array.shape), k.option, print_shape(k.array.shape)));
  }
  if (k_.heads == 0 ? q_.heads != 0 : q_.heads % k_.heads != 0) {
    throw BadInput(fmt::format("{}: its {} heads do not divide the {} heads of {}; each must serve equally many of them", k.option,
                               k_.heads, q_.heads, q.option));
  }
  p.k = tensor(type_, k_, rows_first);
  p.v = tensor(type_, v_, rows_first);
  if (packed) {
    const Input& offsets = inputs_.require("cu_seqlens_kv");
    p.kv_layout = RAPT_KV_RAGGED;
    data_.lens_kv = read_offsets(offsets, k_.rows, k.option);
    if (static_cast<int64_t>(data_.lens_kv.size()) != batch()) {
      throw BadInput(
          fmt::format("{}: it has offsets of {} sequences, but there are {}; give as many", offsets.option, data_.lens_kv.size(), batch()));
    }
    p.max_seqlen_kv = data_.lens_kv.empty() ? 0 : *std::max_element(data_.lens_kv.begin(), data_.lens_kv.end());
    data_.cu_seqlens_kv = offsets_buffer(data_.lens_kv);
    data_.args.cu_seqlens_kv = data_.cu_seqlens_kv.as<int32_t>();
  } else if (paged) {
    load_paged_lengths(k_);
  } else {
    load_dense_lengths(k_);
  }
  take("k", p.k, data_.k);
  take("v", p.v, data_.v);
  data_.args.k = data_.k.data();
  data_.args.v = data_.v.data();
}

void CaseLoader::load_dense_lengths(const Sizes& k) {
  const std::string& option = inputs_.require("k").option;
  if (k.outer != batch()) {
    throw BadInput(
        fmt::format("{}: its first dimension is {}, but there are {} sequences of queries; make them equal", option, k.outer, batch()));
  }
  const Input* lengths = inputs_.find("seqlens_kv");
  if (lengths == nullptr) {
    data_.lens_kv.assign(static_cast<size_t>(k.outer), k.rows);
    return;
  }
  data_.lens_kv = read_lengths(*lengths, k.outer, k.rows, fmt::format("the {} keys of {}", k.rows, option));
  data_.seqlens_kv = int32_buffer(data_.lens_kv);
  data_.args.seqlens_kv = data_.seqlens_kv.as<int32_t>();
}

void CaseLoader::load_paged_lengths(const Sizes& pages) {
  rapt_problem& p = data_.problem;
  const Input& table = inputs_.require("block_table");
  const std::vector<int64_t>& shape = table.array.shape;
  if (table.array.element != Element::i32) {
    throw BadInput(fmt::format("{}: its type is {}; save int32", table.option, element_name(table.array.element)));
  }
  if (shape.size() != 2 || shape[0] != batch()) {
    throw BadInput(fmt::format("{}: its shape is {}; give a row of pages for each of the {} sequences, [{},pages per sequence]",
                               table.option, print_shape(shape), batch(), batch()));
  }
  const Input* lengths = inputs_.find("seqlens_kv");
  if (lengths == nullptr) {
    throw BadInput(fmt::format("{} needs --seqlens-kv; give the number of keys of each sequence", table.option));
  }
  if (__builtin_mul_overflow(shape[1], pages.rows, &table_keys_) || table_keys_ > kMostRows) {
    throw BadInput(fmt::format("{}: {} pages of {} keys are too many; narrow it", table.option, shape[1], pages.rows));
  }
  data_.lens_kv =
      read_lengths(*lengths, batch(), table_keys_, fmt::format("the {} keys that a row of {} holds", table_keys_, table.option));
  p.kv_layout = RAPT_KV_BLOCK_TABLE;
  p.table_stride = shape[1];
  p.max_seqlen_kv = data_.lens_kv.empty() ? 1 : std::max<int64_t>(1, *std::max_element(data_.lens_kv.begin(), data_.lens_kv.end()));
  data_.seqlens_kv = int32_buffer(data_.lens_kv);
  data_.args.seqlens_kv = data_.seqlens_kv.as<int32_t>();
  data_.block_table = workbench::Buffer(table.array.bytes.size());
  std::copy(table.array.bytes.begin(), table.array.bytes.end(), data_.block_table.as<std::byte>());
  data_.args.block_table = data_.block_table.as<int32_t>();
}

}  // namespace rapt::cli
