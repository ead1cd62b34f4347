/* Rapt in C++17: owners for the handles of rapt.h, and refusals as exceptions. Nothing else is added; rapt.h is the manual.
 * Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
 *
 *     rapt::Context context;
 *     rapt::Problem problem = rapt::Problem::dense(RAPT_F32, {batch, heads_q, heads_kv, seqlen_q, seqlen_kv, head_dim});
 *     problem.causal = 1;                                     every field of rapt_problem is there
 *     rapt::Args args;  args.q = q;  args.k = k;  args.v = v;  args.o = o;
 *     rapt::attention(context, problem, args);                 once; or, to run many times:
 *
 *     rapt::Plan plan(context, problem);
 *     plan.run(args, workspace, plan.workspace());             allocates nothing
 */
#ifndef RAPT_RAPT_HPP
#define RAPT_RAPT_HPP

#include <rapt/rapt.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapt {

/* A call was refused: status() is its code, what() its sentence. */
class Error : public std::runtime_error {
 public:
  explicit Error(rapt_status status) : std::runtime_error(rapt_last_error()), status_(status) {}
  rapt_status status() const noexcept { return status_; }

 private:
  rapt_status status_;
};

inline void check(rapt_status status) {
  if (status != RAPT_OK) throw Error(status);
}

/* Sizes of a dense problem. head_dim_v 0: as head_dim. */
struct Sizes {
  int64_t batch, heads_q, heads_kv, seqlen_q, seqlen_kv, head_dim;
  int64_t head_dim_v = 0;
};

/* A rapt_problem with its defaults set. */
struct Problem : rapt_problem {
  Problem() : rapt_problem(RAPT_PROBLEM_INIT) {}

  /* q, k, v and o of one type, row-major without gaps. */
  static Problem dense(rapt_type type, const Sizes& n) {
    const int64_t head_dim_v = n.head_dim_v == 0 ? n.head_dim : n.head_dim_v;
    Problem problem;
    problem.q = rapt_dense(type, n.batch, n.heads_q, n.seqlen_q, n.head_dim);
    problem.k = rapt_dense(type, n.batch, n.heads_kv, n.seqlen_kv, n.head_dim);
    problem.v = rapt_dense(type, n.batch, n.heads_kv, n.seqlen_kv, head_dim_v);
    problem.o = rapt_dense(type, n.batch, n.heads_q, n.seqlen_q, head_dim_v);
    return problem;
  }

  /* Asks for the log-sum-exp of each row, f32, without gaps. */
  Problem& with_lse() {
    lse = rapt_dense(RAPT_F32, q.shape[0], q.shape[1], q.shape[2], 1);
    return *this;
  }
  Problem& with_scale(double value) {
    scale = value;
    has_scale = 1;
    return *this;
  }
};

/* A rapt_args with every pointer NULL. */
struct Args : rapt_args {
  Args() : rapt_args(RAPT_ARGS_INIT) {}
};

/* Threads and settings. Outlives its plans. */
class Context {
 public:
  explicit Context(int32_t threads = 0) {
    rapt_context_options options = RAPT_CONTEXT_OPTIONS_INIT;
    options.threads = threads;
    create(options);
  }
  explicit Context(const rapt_context_options& options) { create(options); }

  rapt_context* get() const noexcept { return handle_.get(); }
  int32_t threads() const noexcept { return rapt_context_threads(get()); }
  const char* isa() const noexcept { return rapt_context_isa(get()); }

  /* Which kernel, and why not the others; also of problems that are refused. */
  std::string explain(const rapt_problem& problem) const {
    std::string text(rapt_explain(get(), &problem, nullptr, 0) + 1, '\0');
    rapt_explain(get(), &problem, &text[0], text.size());
    text.pop_back();
    return text;
  }

 private:
  struct Destroy {
    void operator()(rapt_context* handle) const noexcept { rapt_context_destroy(handle); }
  };
  void create(const rapt_context_options& options) {
    rapt_context* handle = nullptr;
    check(rapt_context_create(&options, &handle));
    handle_.reset(handle);
  }
  std::unique_ptr<rapt_context, Destroy> handle_;
};

/* A problem that was checked, and the kernel that will compute it. May be used by many threads at once. */
class Plan {
 public:
  Plan(const Context& context, const rapt_problem& problem) {
    rapt_plan* handle = nullptr;
    check(rapt_plan_create(context.get(), &problem, &handle));
    handle_.reset(handle);
  }
  rapt_plan* get() const noexcept { return handle_.get(); }
  size_t workspace() const noexcept { return rapt_plan_workspace(get()); }
  const char* kernel() const noexcept { return rapt_plan_kernel(get()); }
  void run(const rapt_args& args, void* workspace, size_t workspace_bytes, void* stream = nullptr) const {
    check(rapt_run(get(), &args, workspace, workspace_bytes, stream));
  }

 private:
  struct Destroy {
    void operator()(rapt_plan* handle) const noexcept { rapt_plan_destroy(handle); }
  };
  std::unique_ptr<rapt_plan, Destroy> handle_;
};

/* Plans, finds a workspace and runs, once, on data in host memory: RAPT_ENGINE_AUTO means the cpu engine, and cuda is refused. */
inline void attention(const Context& context, rapt_problem problem, const rapt_args& args) {
  if (problem.engine == RAPT_ENGINE_CUDA)
    throw std::invalid_argument("rapt::attention is for host memory; use rapt::Plan with engine cuda");
  if (problem.engine == RAPT_ENGINE_AUTO) problem.engine = RAPT_ENGINE_CPU;
  const Plan plan(context, problem);
  std::vector<unsigned char> memory(plan.workspace() + 64);
  unsigned char* aligned = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64;
  plan.run(args, aligned, plan.workspace());
}

} /* namespace rapt */
#endif /* RAPT_RAPT_HPP */
