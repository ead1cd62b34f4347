// Device copies of a case's tensors, the launch, and the way back.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/emulated_engine.h"

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include "api/check_problem.h"
#include "cuda/engine_on.h"
#include "tests/conformance/machines.h"
#include "tests/emulator/isa/tensor_map.h"
#include "tests/emulator/memory.h"
#include "workbench/scalar.h"

namespace rapt::emulated {

using namespace workbench;

namespace {

// Copies of host memory that kernels may touch, each at the address that the kernels are given.
class Device {
 public:
  const void* tensor(const rapt_tensor& t, const void* host, const char* name, int misalign = 0) {
    return array(host, static_cast<size_t>(extent(t)) * rapt_type_size(t.type), name,
                 static_cast<size_t>(misalign) * rapt_type_size(t.type));
  }
  template <class T>
  const T* array(const T* host, int64_t count, const char* name) {
    return static_cast<const T*>(array(host, static_cast<size_t>(count) * sizeof(T), name, 0));
  }
  const void* array(const void* host, size_t bytes, const char* name, size_t shift) {
    if (host == nullptr) return nullptr;
    copies_.push_back({std::make_unique<emu::DeviceMemory>(bytes + shift + 16, name), const_cast<void*>(host), bytes, shift});
    emu::DeviceMemory& memory = *copies_.back().memory;
    shift += (16 - (reinterpret_cast<uintptr_t>(memory.data()) & 15)) & 15;
    copies_.back().shift = shift;
    memory.write(shift, host, bytes);
    return static_cast<const unsigned char*>(memory.data()) + shift;
  }
  void bring_back(const void* host) {
    for (const Copy& copy : copies_) {
      if (copy.host == host)
        std::copy_n(static_cast<const unsigned char*>(copy.memory->data()) + copy.shift, copy.bytes,
                    static_cast<unsigned char*>(copy.host));
    }
  }

 private:
  struct Copy {
    std::unique_ptr<emu::DeviceMemory> memory;
    void* host;
    size_t bytes, shift;
  };
  std::vector<Copy> copies_;
};

rapt_args on_device(Device& device, const rapt_problem& p, const rapt_args& host, int misalign) {
  rapt_args args = host;
  args.q = device.tensor(p.q, host.q, "q", misalign);
  args.k = device.tensor(p.k, host.k, "k", misalign);
  args.v = device.tensor(p.v, host.v, "v", misalign);
  args.o = const_cast<void*>(device.tensor(p.o, host.o, "o"));
  args.lse = p.lse.type == RAPT_NONE ? nullptr : const_cast<void*>(device.tensor(p.lse, host.lse, "lse"));
  args.seqlens_q = device.array(host.seqlens_q, p.batch, "seqlens_q");
  args.seqlens_kv = device.array(host.seqlens_kv, p.batch, "seqlens_kv");
  args.cu_seqlens_q = device.array(host.cu_seqlens_q, p.batch + 1, "cu_seqlens_q");
  args.cu_seqlens_kv = device.array(host.cu_seqlens_kv, p.batch + 1, "cu_seqlens_kv");
  return args;
}

// What the calling thread's run launches on and with; the engine knows it as its device and its stream.
thread_local gpu::Device here = {"emulated", 0, 90, 1, 227 << 10};

bool encode(const gpu::TensorMapRequest& request, simt::TensorMap& map, Text& fault) {
  emu::isa::TensorMapInfo info = {};
  info.base = static_cast<uint8_t*>(const_cast<void*>(request.base));
  info.type = request.type == kernels::ElementType::bf16 ? emu::isa::Element::bf16 : emu::isa::Element::f16;
  info.rank = 4;
  info.swizzle_bytes = 128;
  std::copy_n(request.dim, 4, info.dim);
  std::copy_n(request.stride, 4, info.stride);
  std::copy_n(request.box, 4, info.box);
  const char* broken = emu::isa::encode(map, info);
  if (broken != nullptr) fault.append("%s", broken);
  return broken == nullptr;
}

constexpr gpu::Machine kEmulated = {"emulated", kernels::emulated_forward, [](Text&) -> const gpu::Device* { return &here; }, encode,
                                    [](int, Text& fault) { fault.append("see the emulator's report"); }};

struct Planned {
  Request request;
  Choice choice;
  std::string why_not;
};

Planned plan_for(const Machine& machine, const rapt_problem& problem) {
  Planned planned = {};
  char sentence[400];
  Text why_not(sentence, sizeof sentence);
  here.architecture = machine.architecture;
  if (api::check_problem(&problem, api::Outputs::kRequired, planned.request.problem) != RAPT_OK) {
    planned.why_not = rapt_last_error();
  } else if (!gpu::choose(kEmulated, planned.request, planned.choice, why_not)) {
    planned.why_not = sentence;
  }
  return planned;
}

// What the engine, the emulator or the bank counter has to say.
std::string launch(const Planned& planned, const rapt_args& args, kernels::EmulatedCall& call) {
  char sentence[400];
  Text fault(sentence, sizeof sentence);
  const rapt_status status = gpu::run(kEmulated, planned.request, planned.choice, args, &call, fault);
  if (!call.report.clean()) return call.report.text();
  if (status != RAPT_OK) return sentence;
  return call.report.bank_conflicts == 0 ? "" : "ldmatrix met bank conflicts: " + std::to_string(call.report.bank_conflicts);
}

emu::Options policy(emu::Options options, int turn) {
  if (turn == 0) return options;
  options.landing = turn == 1 ? emu::Landing::eager : emu::Landing::random;
  options.order = turn == 1 ? emu::Order::random : emu::Order::skewed;
  options.seed += static_cast<unsigned>(turn);
  return options;
}

}  // namespace

std::vector<std::tuple<int, int>> machines_and_heads() {
  std::set<std::tuple<int, int>> found;
  for (const kernels::Variant& row : kernels::emulated_forward()) found.insert({row.architecture, row.head_dim});
  return {found.begin(), found.end()};
}

std::vector<const char*> types(int architecture, int head_dim) {
  std::vector<const char*> found;
  for (const kernels::Variant& row : kernels::emulated_forward()) {
    if (row.architecture == architecture && row.head_dim == head_dim)
      found.push_back(row.type == kernels::ElementType::bf16 ? "bf16" : "f16");
  }
  return found;
}

std::string machine_and_head_name(const testing::TestParamInfo<std::tuple<int, int>>& info) {
  return "Sm" + std::to_string(std::get<0>(info.param)) + "HeadDim" + std::to_string(std::get<1>(info.param));
}

Chosen choose(const Machine& machine, const rapt_problem& problem) {
  const Planned planned = plan_for(machine, problem);
  if (!planned.why_not.empty()) return {"", planned.why_not};
  return {std::string(planned.choice.kernel).substr(sizeof "emulated"), ""};  // without "emulated/"
}

Outcome run(const Machine& machine, const Case& data, emu::Report* last) {
  const Planned planned = plan_for(machine, data.problem);
  if (!planned.why_not.empty()) {
    Outcome refused;
    refused.status = RAPT_UNSUPPORTED;
    refused.message = planned.why_not;
    return refused;
  }
  int turn = 0;
  std::string kernel;
  const auto call = [&](const rapt_args& host, void*, size_t, std::string& sentence) -> rapt_status {
    Device device;
    const rapt_args args = on_device(device, planned.request.problem, host, machine.misalign);
    kernels::EmulatedCall emulated;
    emulated.options = policy(machine.options, turn++);
    sentence = launch(planned, args, emulated);
    kernel = emulated.kernel;
    if (last != nullptr) *last = emulated.report;
    device.bring_back(host.o);
    if (host.lse != nullptr) device.bring_back(host.lse);
    return sentence.empty() ? RAPT_OK : RAPT_INTERNAL;
  };
  Outcome outcome = run_call(data, 0, call);
  outcome.kernel = kernel;
  return outcome;
}

namespace {

// The exact answer. Kernels round P to the type of q, so the bound is that of a 16-bit o even where o is f32.
Judgement judge_in_16_bits(const Case& data) {
  rapt_context* context = conformance::judging_context();
  Judgement exact = judge(context, data);
  rapt_problem rounded = data.problem;
  rounded.o.type = rounded.q.type;
  EXPECT_EQ(rapt_error_bound(context, &rounded, &data.args, exact.bound_o.data(), nullptr), RAPT_OK) << rapt_last_error();
  return exact;
}

}  // namespace

testing::AssertionResult agrees_with_the_judge(const Machine& machine, const Case& data) {
  const Outcome outcome = run(machine, data);
  if (!outcome.ok()) return testing::AssertionFailure() << data.name << " on " << outcome.kernel << ": " << outcome.message;
  const Verdict verdict = compare(data, judge_in_16_bits(data), outcome);
  if (!verdict.pass) return testing::AssertionFailure() << outcome.kernel << ": " << verdict.message;
  return testing::AssertionSuccess() << outcome.kernel << ": " << data.name << ": worst error " << verdict.worst << " of the bound";
}

testing::AssertionResult agrees_with_the_judge(const Machine& machine, const std::string& problem) {
  return agrees_with_the_judge(machine, make_case(parse_problem(problem)));
}

}  // namespace rapt::emulated
