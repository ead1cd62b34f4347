// Traps of the operator, each with what it means here:
//   3-D q k v are [batch, seqlen, heads * head_dim]: the number of heads comes from the attributes, a head is a slice of the last
//   dimension. causal counts from the top left, or from the end of the past: offset = its length. a mask of rank 2 or 3 is broadcast from
//   the right, as NumPy does; one narrower than the keys is padded with "hidden".
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/onnx/case.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace rapt::test {
namespace {

rapt_type type_of(const Npy& npy) {
  if (npy.dtype == "<f4") return RAPT_F32;
  if (npy.dtype == "<f2") return RAPT_F16;
  if (npy.dtype == "|b1") return RAPT_BOOL;
  throw std::runtime_error("dtype " + npy.dtype + " in an ONNX case");
}

size_t element_size(const Npy& npy) { return static_cast<size_t>(npy.dtype[2] - '0'); }

// [batch, heads, seqlen, head_dim] of a 4-D array, or of a 3-D one with that many heads.
rapt_tensor describe(const Npy& npy, int64_t heads) {
  const std::vector<int64_t>& shape = npy.shape;
  if (shape.size() == 4) return rapt_dense(type_of(npy), shape[0], shape[1], shape[2], shape[3]);
  rapt_tensor tensor = rapt_dense(type_of(npy), shape.at(0), heads, shape.at(1), shape.at(2) / heads);
  tensor.strides[0] = shape[1] * shape[2], tensor.strides[1] = shape[2] / heads, tensor.strides[2] = shape[2];
  return tensor;
}

// The same elements as a 4-D array.
Npy with_heads(const Npy& npy, int64_t heads) {
  const rapt_tensor from = describe(npy, heads);
  Npy out{npy.dtype, {from.shape, from.shape + 4}, {}};
  const size_t row = static_cast<size_t>(from.shape[3]) * element_size(npy);
  for (int64_t n = 0; n < from.shape[0] * from.shape[1] * from.shape[2]; ++n) {
    const int64_t i = n % from.shape[2], h = n / from.shape[2] % from.shape[1], b = n / from.shape[2] / from.shape[1];
    const auto begin =
        npy.data.begin() + (b * from.strides[0] + h * from.strides[1] + i * from.strides[2]) * static_cast<int64_t>(element_size(npy));
    out.data.insert(out.data.end(), begin, begin + static_cast<int64_t>(row));
  }
  return out;
}

// Along the sequence.
Npy concatenate(const Npy& past, const Npy& now) {
  Npy out{now.dtype, now.shape, {}};
  out.shape[2] += past.shape.at(2);
  const auto piece = [](const Npy& npy, int64_t n) {
    const int64_t size = npy.shape[2] * npy.shape[3] * static_cast<int64_t>(element_size(npy));
    return std::vector<unsigned char>(npy.data.begin() + n * size, npy.data.begin() + (n + 1) * size);
  };
  for (int64_t n = 0; n < now.shape[0] * now.shape[1]; ++n) {
    for (const Npy* part : {&past, &now}) {
      const std::vector<unsigned char> bytes = piece(*part, n);
      out.data.insert(out.data.end(), bytes.begin(), bytes.end());
    }
  }
  return out;
}

// To rank 4 and to `width` columns; what is added is hidden: false, or -inf.
Npy pad_mask(const Npy& mask, int64_t width) {
  Npy out{mask.dtype, mask.shape, {}};
  out.shape.insert(out.shape.begin(), 4 - out.shape.size(), 1);
  const size_t size = element_size(mask), row = static_cast<size_t>(mask.shape.back()) * size;
  unsigned char hidden[4] = {0, 0, 0, 0};
  if (type_of(mask) == RAPT_F32) hidden[2] = 0x80, hidden[3] = 0xFF;
  if (type_of(mask) == RAPT_F16) hidden[1] = 0xFC;
  for (size_t at = 0; at < mask.data.size(); at += row) {
    out.data.insert(out.data.end(), mask.data.begin() + static_cast<int64_t>(at), mask.data.begin() + static_cast<int64_t>(at + row));
    for (int64_t n = mask.shape.back(); n < width; ++n) out.data.insert(out.data.end(), hidden, hidden + size);
  }
  out.shape[3] = width;
  return out;
}

std::optional<Npy> load_if_there(const std::filesystem::path& path) {
  return std::filesystem::exists(path) ? std::optional(load_npy(path)) : std::nullopt;
}

void read_attributes(const nlohmann::json& attributes, rapt_problem& problem) {
  for (const auto& [name, value] : attributes.items()) {
    if (name == "is_causal")
      problem.causal = value.get<int>();
    else if (name == "softcap")
      problem.softcap = value.get<float>();
    else if (name == "scale")
      problem.has_scale = 1, problem.scale = value.get<double>();
    else if (name != "q_num_heads" && name != "kv_num_heads" && name != "qk_matmul_output_mode")
      throw std::runtime_error("attribute " + name);
  }
}

void read_mask(const std::filesystem::path& folder, OnnxCase& onnx) {
  const std::optional<Npy> mask = load_if_there(folder / "attn_mask.npy");
  if (!mask) return;
  onnx.mask = pad_mask(*mask, onnx.k.shape[2]);
  const bool boolean = type_of(onnx.mask) == RAPT_BOOL;
  (boolean ? onnx.problem.mask : onnx.problem.bias) = describe(onnx.mask, 0);
  (boolean ? onnx.args.mask : onnx.args.bias) = onnx.mask.data.data();
}

void read_lengths(const std::filesystem::path& folder, OnnxCase& onnx) {
  const std::optional<Npy> lengths = load_if_there(folder / "nonpad_kv_seqlen.npy");
  if (!lengths) return;
  for (int64_t b = 0; b < lengths->count(); ++b) {
    int64_t length;
    std::memcpy(&length, lengths->data.data() + b * 8, 8);
    onnx.seqlens_kv.push_back(static_cast<int32_t>(length));
  }
  onnx.args.seqlens_kv = onnx.seqlens_kv.data();
}

}  // namespace

void load_onnx_case(const std::filesystem::path& folder, OnnxCase& onnx) {
  const nlohmann::json attributes = nlohmann::json::parse(std::ifstream(folder / "case.json"));
  const int64_t heads_q = attributes.value("q_num_heads", 0), heads_kv = attributes.value("kv_num_heads", 0);
  onnx.name = folder.filename();
  onnx.stage = attributes.value("qk_matmul_output_mode", 0);
  onnx.q = load_npy(folder / "q.npy"), onnx.y = load_npy(folder / "y.npy");
  onnx.k = with_heads(load_npy(folder / "k.npy"), heads_kv), onnx.v = with_heads(load_npy(folder / "v.npy"), heads_kv);
  onnx.present_key = load_if_there(folder / "present_key.npy");
  onnx.present_value = load_if_there(folder / "present_value.npy");
  onnx.qk_matmul_output = load_if_there(folder / "qk_matmul_output.npy");

  rapt_problem& problem = onnx.problem;
  read_attributes(attributes, problem);
  problem.align = RAPT_ALIGN_TOP_LEFT;
  if (const std::optional<Npy> past_key = load_if_there(folder / "past_key.npy")) {
    onnx.k = concatenate(*past_key, onnx.k);
    onnx.v = concatenate(load_npy(folder / "past_value.npy"), onnx.v);
    problem.align = RAPT_ALIGN_OFFSET;
    problem.offset = past_key->shape[2];
  }
  problem.q = describe(onnx.q, heads_q), problem.o = describe(onnx.y, heads_q);
  problem.k = describe(onnx.k, 0), problem.v = describe(onnx.v, 0);
  onnx.args.q = onnx.q.data.data(), onnx.args.k = onnx.k.data.data(), onnx.args.v = onnx.v.data.data();
  read_mask(folder, onnx);
  read_lengths(folder, onnx);
}

std::vector<std::string> onnx_case_names(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(directory, absent)) {
    if (std::filesystem::exists(entry.path() / "case.json")) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace rapt::test
