#!/usr/bin/env bash
# A stranger builds attention.c or attention.cpp against Rapt, runs it and gets the numbers of attention.expected.
#   consume.sh find_package|pkg_config|add_subdirectory c|cpp shared|static PLACE SCRATCH
# PLACE is an installed prefix, or Rapt's sources for add_subdirectory. SCRATCH is emptied.
# Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
way=$1 language=$2 library=$3 place=$4 scratch=$5
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch" && mkdir -p "$scratch"
libdir=$(dirname "$(find "$place" -name librapt.so -print -quit)")

with_cmake() {
  local hide=()  # the shared library needs no Highway on the consumer's side: pretend there is none
  [ "$way $library" != "find_package shared" ] || hide=(-DCMAKE_DISABLE_FIND_PACKAGE_hwy=ON -DCMAKE_DISABLE_FIND_PACKAGE_Threads=ON)
  cmake -S "$here" -B "$scratch" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DLANGUAGE="$language" -DLIBRARY="$library" "${hide[@]}" "$@"
  cmake --build "$scratch" --target attention
}

with_pkg_config() {
  local flags compiler=(cc -std=gnu99)
  [ "$language" = c ] || compiler=(c++ -std=c++17)
  export PKG_CONFIG_PATH="$libdir/pkgconfig"
  pkg-config --exact-version=0.1.0 rapt
  cc -std=c99 -pedantic-errors -Wall -Wextra -Werror -fsyntax-only -x c "$place/include/rapt/rapt.h"  # no extension is needed
  flags=$(pkg-config --cflags --libs rapt)
  # librapt.so stands beside librapt.a, and the linker prefers it: name the archive.
  [ "$library" = shared ] || flags=$(pkg-config --static --cflags --libs rapt | sed 's/-lrapt\b/-l:librapt.a/')
  # shellcheck disable=SC2086
  "${compiler[@]}" -Wall -Wextra -Wpedantic -Werror "$here/attention.$language" $flags -o "$scratch/attention"
}

case $way in
  find_package) with_cmake -DCMAKE_PREFIX_PATH="$place" ;;
  add_subdirectory) with_cmake -DRAPT_SOURCE="$place" -DRAPT_CUDA=OFF ;; # nvcc takes minutes, and gates_test has it compile every row
  pkg_config) with_pkg_config ;;
esac

needs=$(readelf -d "$scratch/attention" | grep -c 'NEEDED.*librapt\.so\.0' || true)
[ "$library $needs" = "shared 1" ] || [ "$library $needs" = "static 0" ] || { echo "the $library program needs librapt.so $needs times"; exit 1; }
LD_LIBRARY_PATH=$libdir "$scratch/attention" | diff "$here/attention.expected" - && echo "as expected"
