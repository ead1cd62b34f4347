/* A stranger's first program: attention over three tokens, the ones that `rapt demo` walks through. From the first include on, this is the
 * program in README.md. Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0 */
#include <rapt/rapt.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  const float q[] = {1, 0, 2, 2, 2, 2, 2, 1, 3}, k[] = {0, 1, 1, 4, 4, 0, 2, 3, 1}, v[] = {1, 2, 3, 2, 8, 0, 2, 6, 3};
  float o[9];
  rapt_problem problem = RAPT_PROBLEM_INIT;
  problem.q = problem.k = problem.v = problem.o = rapt_dense(RAPT_F32, 1, 1, 3, 3); /* batch, heads, tokens, head_dim */
  problem.scale = 1, problem.has_scale = 1;                                         /* default: 1 / sqrt(head_dim) */
  rapt_args args = RAPT_ARGS_INIT;
  args.q = q, args.k = k, args.v = v, args.o = o;

  rapt_context* context = NULL;
  rapt_plan* plan = NULL;
  void* workspace = NULL;
  if (rapt_context_create(NULL, &context) || rapt_plan_create(context, &problem, &plan) ||
      posix_memalign(&workspace, 64, rapt_plan_workspace(plan)) ||
      rapt_run(plan, &args, workspace, rapt_plan_workspace(plan), NULL))
    return puts(rapt_last_error()), 1;

  for (int i = 0; i < 3; ++i) printf("%.4f %.4f %.4f\n", o[3 * i], o[3 * i + 1], o[3 * i + 2]);
  free(workspace), rapt_plan_destroy(plan), rapt_context_destroy(context);
  return 0;
}
