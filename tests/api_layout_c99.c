/* rapt.h as a C99 program sees it: it compiles without a warning, and the layout is the one of C++.
 * Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0 */
#include <rapt/rapt.h>

size_t c99_sizes(size_t sizes[6]);
rapt_problem c99_problem(void);
rapt_args c99_args(void);
rapt_context_options c99_options(void);

size_t c99_sizes(size_t sizes[6]) {
  sizes[0] = sizeof(rapt_tensor), sizes[1] = sizeof(rapt_problem), sizes[2] = sizeof(rapt_args);
  sizes[3] = sizeof(rapt_context_options), sizes[4] = sizeof(rapt_partial), sizes[5] = sizeof(rapt_variant);
  return offsetof(rapt_problem, batch_invariant) + offsetof(rapt_args, v_pages);
}

rapt_problem c99_problem(void) {
  rapt_problem problem = RAPT_PROBLEM_INIT;
  problem.q = rapt_dense(RAPT_F32, 2, 3, 5, 7);
  return problem;
}

rapt_args c99_args(void) {
  rapt_args args = RAPT_ARGS_INIT;
  return args;
}

rapt_context_options c99_options(void) {
  rapt_context_options options = RAPT_CONTEXT_OPTIONS_INIT;
  return options;
}
