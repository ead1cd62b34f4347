#!/usr/bin/env bash
# What benchmarks and the workbench have for CUDA compiles, also in builds that leave CUDA out: kernels by nvcc, the rest by the host's compiler.
#   compiles_test.sh NVCC CXX
# Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/../.."
nvcc=$1 cxx=$2
toolkit=$(cd "$(dirname "$(readlink -f "$nvcc")")/.." && pwd)/include
includes=(-I. -Ihost -Ihost/include)
out=$(mktemp -d) && trap 'rm -rf "$out"' EXIT

"$nvcc" -std=c++20 "${includes[@]}" -gencode arch=compute_90,code=sm_90 -c bench/cuda_softmax.cu -o "$out/softmax.o"
sources=(bench/cuda_{compare,peer,unfused,cudnn_absent}.cpp host/workbench/{device_cuda,placement_cuda,cublas}.cpp)
for source in "${sources[@]}"; do
  "$cxx" -std=c++20 -Wall -Wextra -Wshadow -Werror "${includes[@]}" -isystem "$toolkit" -DRAPT_BENCH_COMMIT='""' -fsyntax-only "$source"
done
frontend=${CUDNN_FRONTEND:-}
if [ -n "$frontend" ] && [ -e "$toolkit/cudnn.h" ]; then
  "$cxx" -std=c++20 -DNV_CUDNN_FRONTEND_USE_DYNAMIC_LOADING "${includes[@]}" -isystem "$frontend" -isystem "$toolkit" -fsyntax-only bench/cuda_cudnn.cpp
else
  echo "bench/cuda_cudnn.cpp was not compiled: no cudnn.h, or no CUDNN_FRONTEND"
fi
