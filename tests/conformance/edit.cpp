// Logical indices into guarded buffers, for every layout of q, k and v.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/edit.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "workbench/scalar.h"

namespace rapt::conformance {

using namespace workbench;

namespace {

using RowOf = int64_t (*)(const Case& data, int64_t b, int64_t head, int64_t j);

void fill_keys(Case& data, const rapt_tensor& tensor, Buffer& buffer, RowOf row_of, const Value& value) {
  for (size_t b = 0; b < data.lens_kv.size(); ++b) {
    for (int64_t j = 0; j < data.lens_kv[b]; ++j) {
      for (int64_t h = 0; h < tensor.shape[1]; ++h) {
        const auto sequence = static_cast<int64_t>(b);
        const int64_t row = row_of(data, sequence, h, j);
        for (int64_t d = 0; d < tensor.shape[3] && row >= 0; ++d) store(buffer.data(), tensor.type, row + d, value(sequence, h, j, d));
      }
    }
  }
}

void for_each(const rapt_tensor& t, const std::function<void(int64_t, int64_t, int64_t, int64_t)>& visit) {
  for (int64_t i0 = 0; i0 < t.shape[0]; ++i0) {
    for (int64_t i1 = 0; i1 < t.shape[1]; ++i1) {
      for (int64_t i2 = 0; i2 < t.shape[2]; ++i2) {
        for (int64_t i3 = 0; i3 < t.shape[3]; ++i3) visit(i0, i1, i2, i3);
      }
    }
  }
}

Buffer lengths_buffer(const std::vector<int32_t>& lengths) {
  Buffer buffer(lengths.size() * sizeof(int32_t));
  std::memcpy(buffer.data(), lengths.data(), buffer.size());
  return buffer;
}

void poison_past(const rapt_tensor& tensor, Buffer& buffer, const std::vector<int32_t>& lengths) {
  for_each(tensor, [&](int64_t b, int64_t h, int64_t i, int64_t d) {
    if (i >= lengths[static_cast<size_t>(b)]) store(buffer.data(), tensor.type, offset_of(tensor, b, h, i, d), kNan);
  });
}

bool equal(double left, double right) {
  return std::bit_cast<uint64_t>(left) == std::bit_cast<uint64_t>(right) || (std::isnan(left) && std::isnan(right));
}

testing::AssertionResult differ(size_t index, double left, double right) {
  return testing::AssertionFailure() << "element " << index << ": " << left << " and " << right;
}

}  // namespace

Case case_of(const std::string& problem) { return make_case(parse_problem(problem)); }

void fill(const rapt_tensor& tensor, Buffer& buffer, const Value& value) {
  for_each(tensor, [&](int64_t i0, int64_t i1, int64_t i2, int64_t i3) {
    store(buffer.data(), tensor.type, offset_of(tensor, i0, i1, i2, i3), value(i0, i1, i2, i3));
  });
}

void fill_k(Case& data, const Value& value) { fill_keys(data, data.problem.k, data.k, key_row, value); }
void fill_v(Case& data, const Value& value) { fill_keys(data, data.problem.v, data.v, value_row, value); }

void shorten_kv(Case& data, const std::vector<int32_t>& lengths) {
  data.seqlens_kv = lengths_buffer(lengths);
  data.args.seqlens_kv = data.seqlens_kv.as<int32_t>();
  data.lens_kv.assign(lengths.begin(), lengths.end());
  poison_past(data.problem.k, data.k, lengths);
  poison_past(data.problem.v, data.v, lengths);
}

void shorten_q(Case& data, const std::vector<int32_t>& lengths) {
  data.seqlens_q = lengths_buffer(lengths);
  data.args.seqlens_q = data.seqlens_q.as<int32_t>();
  data.lens_q.assign(lengths.begin(), lengths.end());
  poison_past(data.problem.q, data.q, lengths);
}

Case without_lse(Case data) {
  data.problem.lse = rapt_tensor{};
  return data;
}

Case without_sinks(Case data) {
  data.problem.sinks = rapt_tensor{};
  data.args.sinks = nullptr;
  return data;
}

Case keys_of(const Case& whole, int64_t begin, int64_t end) {
  Case part = whole;
  rapt_problem& p = part.problem;
  const auto skip = [&](const rapt_tensor& tensor, const void* data) {
    return static_cast<const unsigned char*>(data) + offset_of(tensor, 0, 0, begin, 0) * static_cast<int64_t>(rapt_type_size(tensor.type));
  };
  part.args.k = skip(p.k, whole.args.k);
  part.args.v = skip(p.v, whole.args.v);
  p.k.shape[2] = p.v.shape[2] = end - begin;
  p.k.bytes = p.v.bytes = p.max_seqlen_kv = 0;
  part.lens_kv.assign(part.lens_kv.size(), end - begin);
  part.name += " keys " + std::to_string(begin) + " to " + std::to_string(end);
  return part;
}

rapt_problem dense_problem(rapt_type type, int64_t batch, int64_t heads_q, int64_t heads_kv, int64_t seqlen_q, int64_t seqlen_kv,
                           int64_t head_dim, int64_t head_dim_v) {
  rapt_problem problem = RAPT_PROBLEM_INIT;
  problem.q = rapt_dense(type, batch, heads_q, seqlen_q, head_dim);
  problem.k = rapt_dense(type, batch, heads_kv, seqlen_kv, head_dim);
  problem.v = rapt_dense(type, batch, heads_kv, seqlen_kv, head_dim_v);
  problem.o = rapt_dense(type, batch, heads_q, seqlen_q, head_dim_v);
  problem.lse = rapt_dense(RAPT_F32, batch, heads_q, seqlen_q, 1);
  return problem;
}

Outcome merged(rapt_context* context, const Case& data, const std::vector<Outcome>& parts) {
  const auto partial = [&](Outcome& outcome) {
    return rapt_partial{data.problem.o, data.problem.lse, outcome.o.data(), outcome.lse.data()};
  };
  std::vector<Outcome> sources = parts;
  std::vector<rapt_partial> partials;
  for (Outcome& source : sources) partials.push_back(partial(source));
  Outcome result;
  result.o = Buffer(parts[0].o.size());
  result.lse = Buffer(parts[0].lse.size());
  const rapt_partial destination = partial(result);
  result.status = rapt_merge(context, partials.data(), static_cast<int32_t>(partials.size()), &destination, nullptr);
  if (result.status != RAPT_OK) result.message = rapt_last_error();
  EXPECT_EQ(result.status, RAPT_OK) << result.message;
  EXPECT_TRUE(result.o.guards_intact() && result.lse.guards_intact());
  return result;
}

double at(const rapt_tensor& tensor, const Buffer& buffer, int64_t i0, int64_t i1, int64_t i2, int64_t i3) {
  return load(buffer.data(), tensor.type, offset_of(tensor, i0, i1, i2, i3));
}

std::vector<double> values(const rapt_tensor& tensor, const Buffer& buffer) {
  std::vector<double> all;
  for_each(tensor, [&](int64_t i0, int64_t i1, int64_t i2, int64_t i3) { all.push_back(at(tensor, buffer, i0, i1, i2, i3)); });
  return all;
}

testing::AssertionResult same_bits(const std::vector<double>& left, const std::vector<double>& right) {
  if (left.size() != right.size()) return testing::AssertionFailure() << left.size() << " and " << right.size() << " elements";
  for (size_t i = 0; i < left.size(); ++i) {
    if (!equal(left[i], right[i])) return differ(i, left[i], right[i]);
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult same_bits(const Outcome& left, const Outcome& right) {
  const auto same = [](const Buffer& a, const Buffer& b) {
    return a.size() == b.size() && (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size()) == 0);
  };
  if (!same(left.o, right.o)) return testing::AssertionFailure() << "o has other bits";
  if (!same(left.lse, right.lse)) return testing::AssertionFailure() << "lse has other bits";
  return testing::AssertionSuccess();
}

testing::AssertionResult near(const std::vector<double>& left, const std::vector<double>& right, double tolerance) {
  if (left.size() != right.size()) return testing::AssertionFailure() << left.size() << " and " << right.size() << " elements";
  for (size_t i = 0; i < left.size(); ++i) {
    if (!equal(left[i], right[i]) && !(std::abs(left[i] - right[i]) <= tolerance)) return differ(i, left[i], right[i]);
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult row_is_empty(const Case& data, const Outcome& outcome, int64_t b, int64_t h, int64_t i, double lse) {
  const rapt_tensor& o = data.problem.o;
  for (int64_t d = 0; d < o.shape[3]; ++d) {
    const double value = at(o, outcome.o, b, h, i, d);
    if (!(value == 0)) return testing::AssertionFailure() << "o[" << b << "," << h << "," << i << "," << d << "] = " << value;
  }
  if (data.problem.lse.type == RAPT_NONE) return testing::AssertionSuccess();
  const double value = at(data.problem.lse, outcome.lse, b, h, i, 0);
  if (!equal(value, lse)) return testing::AssertionFailure() << "lse[" << b << "," << h << "," << i << "] = " << value;
  return testing::AssertionSuccess();
}

}  // namespace rapt::conformance
