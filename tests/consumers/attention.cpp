// attention.c once more, in C++17; then a refusal, which arrives as an exception with a sentence.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <rapt/rapt.hpp>

int main() {
  const float q[] = {1, 0, 2, 2, 2, 2, 2, 1, 3}, k[] = {0, 1, 1, 4, 4, 0, 2, 3, 1}, v[] = {1, 2, 3, 2, 8, 0, 2, 6, 3};
  float o[9];
  rapt::Context context;
  rapt::Problem problem = rapt::Problem::dense(RAPT_F32, {1, 1, 1, 3, 3, 3}).with_scale(1);
  rapt::Args args;
  args.q = q, args.k = k, args.v = v, args.o = o;
  rapt::attention(context, problem, args);
  for (int i = 0; i < 3; ++i) std::printf("%.4f %.4f %.4f\n", o[3 * i], o[3 * i + 1], o[3 * i + 2]);

  try {
    problem.softcap = -1;
    rapt::Plan plan(context, problem);
  } catch (const rapt::Error& refused) {
    return refused.status() == RAPT_INVALID_ARGUMENT && *refused.what() != '\0' ? 0 : 1;
  }
  return 1;
}
