#!/usr/bin/env bash
# Each rule of rules.sh against a small tree that breaks it alone, and against one that breaks none.
# Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
rules=$(cd "$(dirname "$0")" && pwd)/rules.sh
tree=$(mktemp -d) && trap 'rm -rf "$tree"' EXIT
top='// A file.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0'
failures=0

fresh() { # a tree without a breach
  rm -rf "${tree:?}"/* && mkdir -p "$tree"/host/include/rapt
  echo 'project(rapt VERSION 1.2.3 LANGUAGES CXX)' >"$tree/CMakeLists.txt"
  printf '%s\n#define RAPT_VERSION_MAJOR 1\n#define RAPT_VERSION_MINOR 2\n#define RAPT_VERSION_PATCH 3\n' "$top" >"$tree/host/include/rapt/rapt.h"
}
plant() { # file, text below the opening comment
  mkdir -p "$tree/$(dirname "$1")"
  printf '%s\n%s\n' "$top" "$2" >"$tree/$1"
}
expect() { # rule that must be named, or nothing
  local said status=0
  said=$("$rules" "$tree") || status=$?
  if [ -n "${1:-}" ]; then
    [ $status = 1 ] && [ "$(grep -c . <<<"$said")" = 1 ] && grep -q "^$1: " <<<"$said" && return
  else
    [ $status = 0 ] && return
  fi
  echo "expected ${1:-no breach} of $(cd "$tree" && find . -type f | sort | paste -sd' '); status $status, said: $said"
  failures=$((failures + 1))
}
breaks() { # rule, file, text
  fresh && plant "$2" "$3" && expect "$1"
}
keeps() { # file, text
  fresh && plant "$1" "$2" && expect
}

fresh && expect
breaks includes kernels/simt/a.h '#include "tile/b.h"'
breaks includes kernels/tile/a.cuh '#include "attention/b.cuh"'
breaks includes kernels/attention/a.cuh '#include <vector>'
breaks includes host/include/rapt/a.h '#include "engine/engine.h"'
breaks includes host/include/rapt/a.hpp '#include <fmt/format.h>'
breaks includes host/engine/a.h '#include "api/b.h"'
breaks includes host/reference/a.cpp '#include "cpu/engine.h"'
breaks includes host/reference/a.cpp '#include <hwy/highway.h>'
breaks includes host/cpu/a.cpp '#include "reference/engine.h"'
breaks includes host/cpu/a.cpp '#include "simt/simt.h"'
breaks includes host/api/a.cpp '#include "cpu/machine.h"'
breaks includes host/api/a.cpp '#include <nlohmann/json.hpp>'
breaks includes host/cuda/a.cpp '#include "cpu/engine.h"'
breaks includes host/workbench/a.cpp '#include "engine/engine.h"'
breaks includes host/cli/a.cpp '  #  include "api/a.h"'
breaks includes bench/a.cpp '#include "cpu/engine.h"'
breaks includes bench/a.cpp '#include "tests/support/a.h"'
breaks includes host/cli/a.cpp '#include "bench/a.h"'
keeps host/api/a.cpp '#include <rapt/rapt.h>
#include <vector>
#include "api/b.h"
#include "cpu/engine.h"'
keeps host/cpu/a.cpp '#include <hwy/highway.h>
#include "cpu/b.h"
#include "engine/engine.h"'
keeps tests/a.cpp '#include "bench/a.h"
#include "cpu/machine.h"'
breaks rooms host/attic/a.h ''
breaks rooms kernels/attic/a.h ''
breaks length host/cpu/a.cpp "$(yes '// x' | head -n 299)"
breaks columns host/cpu/a.cpp "// $(printf '%0138d' 0)"
keeps host/cpu/a.cpp "// $(printf '%0137d' 0)"
breaks function host/cpu/a.cpp "int f() {
$(yes '  g();' | head -n 59)
}"
keeps host/cpu/a.cpp "int f() {
$(yes '  g();' | head -n 58)
}"
breaks macro host/cpu/a.h '#define ADD(a, b) a + b'
breaks quiet host/cpu/a.cpp 'void f() { printf("hello"); }'
breaks quiet host/api/a.cpp 'void f() { std::abort(); }'
keeps host/api/a.cpp 'void f() { std::snprintf(nullptr, 0, "hello"); }'
breaks lean host/api/a.cpp '#include <iostream>'
breaks machine kernels/tile/a.cuh '  asm volatile("");'
breaks machine kernels/attention/a.cuh '#if 1'
breaks machine kernels/simt/a.h '#ifdef A'
keeps kernels/simt/simt.h '#if 1'
breaks containers kernels/tile/a.cuh 'void f(vector<int>);'
breaks later host/cpu/a.cpp "// TO""DO: more"
breaks later docs/a.md "FIX""ME"
breaks names host/cpu/utils.h ''
breaks unlisted tests/lost_test.cpp ''
fresh && plant tests/found_test.cpp '' && echo 'rapt_test(found_test)' >"$tree/tests/CMakeLists.txt" && expect
fresh && sed -i 's/1\.2\.3/1.2.4/' "$tree/CMakeLists.txt" && expect version
fresh && mkdir -p "$tree/host/cpu" && echo '// A file.' >"$tree/host/cpu/a.h" && expect licence
fresh && mkdir -p "$tree/host/cpu" && printf 'int a;\n%s\n' "$top" >"$tree/host/cpu/a.h" && expect opening

[ $failures = 0 ] && echo "every rule catches its breach"
