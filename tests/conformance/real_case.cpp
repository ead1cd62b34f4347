// Folders of .npy and .safetensors files into cases.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/real_case.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workbench/scalar.h"

namespace rapt::conformance {

using namespace workbench;
using test::Npy;

namespace {

// One tensor of a .safetensors file that is trusted, with numpy's name for its type; bf16 has none and is called "bf16".
Npy load_safetensor(const std::filesystem::path& path, const std::string& name) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<unsigned char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  uint64_t length = 0;
  if (bytes.size() < 8) throw std::runtime_error(path.string() + ": cannot be read");
  std::memcpy(&length, bytes.data(), 8);
  const auto body = bytes.begin() + 8 + static_cast<int64_t>(length);
  const nlohmann::json entry = nlohmann::json::parse(bytes.begin() + 8, body).at(name);
  const std::string dtype = entry.at("dtype");
  Npy npy;
  npy.dtype = dtype == "BF16" ? "bf16" : dtype == "F16" ? "<f2" : dtype == "F32" ? "<f4" : "<f8";
  npy.shape = entry.at("shape").get<std::vector<int64_t>>();
  const auto offsets = entry.at("data_offsets").get<std::vector<int64_t>>();
  npy.data.assign(body + offsets[0], body + offsets[1]);
  return npy;
}

Npy load_tensor(const std::filesystem::path& folder, const std::string& name, bool expected) {
  if (std::filesystem::exists(folder / (name + ".npy"))) return test::load_npy(folder / (name + ".npy"));
  return load_safetensor(folder / (expected ? "expected.safetensors" : "in.safetensors"), name);
}

double element(const Npy& array, int64_t index) { return load(array.data.data(), type_of(array), index); }

std::vector<double> widened(const Npy& array) {
  std::vector<double> all;
  for (int64_t i = 0; i < array.count(); ++i) all.push_back(element(array, i));
  return all;
}

// A dense tensor of an array's shape and a buffer of its values, rounded.
const void* take(const Npy& array, rapt_type type, rapt_tensor& tensor, Buffer& buffer) {
  tensor = rapt_dense(type, array.shape[0], array.shape[1], array.shape[2], array.shape[3]);
  buffer = Buffer(static_cast<size_t>(array.count()) * rapt_type_size(type));
  for (int64_t i = 0; i < array.count(); ++i) store(buffer.data(), type, i, element(array, i));
  return buffer.data();
}

void pad(const RealCase& real, Padding padding, Case& data) {
  if (padding == Padding::mask) data.args.mask = take(test::load_npy(real.folder / "mask.npy"), RAPT_BOOL, data.problem.mask, data.mask);
  if (padding == Padding::bias)
    data.args.bias = take(test::load_npy(real.folder / "mask_additive.npy"), RAPT_F32, data.problem.bias, data.bias);
  if (padding != Padding::lengths) return;
  const Npy lengths = test::load_npy(real.folder / "seqlens_kv.npy");
  data.seqlens_kv = Buffer(lengths.data.size());
  std::memcpy(data.seqlens_kv.data(), lengths.data.data(), lengths.data.size());
  data.args.seqlens_kv = data.seqlens_kv.as<int32_t>();
  data.lens_kv.assign(data.args.seqlens_kv, data.args.seqlens_kv + lengths.count());
}

}  // namespace

std::vector<std::filesystem::path> real_case_folders() {
  std::vector<std::filesystem::path> folders;
  for (const std::filesystem::path root : {RAPT_TEST_DATA "/real", RAPT_DATA_DIR "/real"}) {
    if (!std::filesystem::exists(root)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(root)) {
      const auto& path = entry.path();
      const bool has_tensors = std::filesystem::exists(path / "q.npy") || std::filesystem::exists(path / "in.safetensors");
      if (has_tensors && std::filesystem::exists(path / "case.json")) folders.push_back(path);
    }
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

rapt_type type_of(const Npy& array) {
  if (array.dtype == "bf16") return RAPT_BF16;
  if (array.dtype == "<f2") return RAPT_F16;
  if (array.dtype == "<f4") return RAPT_F32;
  if (array.dtype == "|b1") return RAPT_BOOL;
  if (array.dtype == "<f8") return RAPT_F64;
  throw std::runtime_error("an array of type " + array.dtype);
}

RealCase load_real_case(const std::filesystem::path& folder) {
  std::ifstream file(folder / "case.json");
  const nlohmann::json facts = nlohmann::json::parse(file);
  RealCase real;
  real.folder = folder;
  real.name = facts.at("case");
  real.scale = facts.at("scale");
  real.causal = !facts.at("causal").is_null();
  real.q = load_tensor(folder, "q", false);
  real.k = load_tensor(folder, "k", false);
  real.v = load_tensor(folder, "v", false);
  const Npy o = load_tensor(folder, "o", true);
  real.o_is_f32 = type_of(o) == RAPT_F32;
  real.o = widened(o);
  real.lse = widened(load_tensor(folder, "lse", true));
  return real;
}

Case case_of(const RealCase& real, rapt_type type, Padding padding) {
  Case data;
  data.name = real.name;
  data.problem = RAPT_PROBLEM_INIT;
  data.args = RAPT_ARGS_INIT;
  data.args.q = take(real.q, type, data.problem.q, data.q);
  data.args.k = take(real.k, type, data.problem.k, data.k);
  data.args.v = take(real.v, type, data.problem.v, data.v);
  const auto& shape = real.q.shape;
  data.problem.o = rapt_dense(type, shape[0], shape[1], shape[2], real.v.shape[3]);
  data.problem.lse = rapt_dense(type == RAPT_F64 ? RAPT_F64 : RAPT_F32, shape[0], shape[1], shape[2], 1);
  data.problem.causal = real.causal ? 1 : 0;
  data.problem.has_scale = 1;
  data.problem.scale = real.scale;
  data.lens_q.assign(static_cast<size_t>(shape[0]), shape[2]);
  data.lens_kv.assign(static_cast<size_t>(shape[0]), real.k.shape[2]);
  pad(real, padding, data);
  return data;
}

bool holds_exactly(const RealCase& real, rapt_type type) {
  for (const Npy* array : {&real.q, &real.k, &real.v}) {
    for (int64_t i = 0; i < array->count(); ++i) {
      double rounded = 0;
      store(&rounded, type, 0, element(*array, i));
      if (load(&rounded, type, 0) != element(*array, i)) return false;
    }
  }
  return true;
}

}  // namespace rapt::conformance
