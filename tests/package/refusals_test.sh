#!/usr/bin/env bash
# find_package(rapt ...) that cannot be served is refused with a sentence that says what to change.
#   refusals_test.sh PREFIX SCRATCH
# Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
prefix=$1 scratch=$2
failures=0

refuses() { # languages, arguments of find_package, words of the sentence, more options of cmake
  local languages=$1 arguments=$2 words=$3 said
  shift 3
  rm -rf "$scratch" && mkdir -p "$scratch"
  printf 'cmake_minimum_required(VERSION 3.16)\nproject(stranger LANGUAGES %s)\nfind_package(rapt %s)\n' "$languages" "$arguments" \
    >"$scratch/CMakeLists.txt"
  if said=$(cmake -S "$scratch" -B "$scratch/build" -DCMAKE_PREFIX_PATH="$prefix" "$@" 2>&1); then
    echo "find_package(rapt $arguments) was served" && failures=$((failures + 1))
  elif ! tr -s ' \n' ' ' <<<"$said" | grep -qF "$words"; then
    echo "find_package(rapt $arguments) did not say: $words" && echo "$said" && failures=$((failures + 1))
  fi
}

refuses NONE '0.2 CONFIG REQUIRED' 'version: 0.1.0'
refuses NONE '0.0.9 CONFIG REQUIRED' 'version: 0.1.0'
refuses NONE '0.1 CONFIG REQUIRED COMPONENTS shared engine' 'rapt has the components shared and static, not engine.'
refuses C '0.1 CONFIG REQUIRED COMPONENTS static' 'enable the language CXX before find_package(rapt)'
refuses CXX '0.1 CONFIG REQUIRED COMPONENTS static' 'install libhwy-dev, or use the component shared' -DCMAKE_DISABLE_FIND_PACKAGE_hwy=ON
[ $failures = 0 ] && echo "five refusals, five sentences"
