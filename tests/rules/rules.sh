#!/usr/bin/env bash
# The rules of the house that a machine can check: who may include whom, how long, how named, what never appears.
#   rules.sh ROOT    prints "rule: file:line: text" for each breach and exits 1 if there is one
# Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
set -uo pipefail
cd "$1" || exit 2
export LC_ALL=C.UTF-8

# A row a room: what its quoted includes and its angle includes may match. Plain names (<vector>) are the C++ and C libraries.
std='[a-z0-9_]+(\.h)?|sys/[a-z]+\.h'
declare -A quoted=(
  [kernels/simt]='simt/.*'
  [kernels/tile]='(simt|tile)/.*'
  [kernels/attention]='(simt|tile|attention)/.*'
  [host/include]='-'
  [host/engine]='engine/.*'
  [host/reference]='(engine|reference)/.*'
  [host/cpu]='(engine|cpu)/.*'
  [host/cuda]='(engine|cuda|simt|tile|attention)/.*'
  [host/emulated]='(engine|cuda|emulated|attention)/.*|tests/emulator/.*'  # the one room that may: it is the emulator's engine, in no package
  [host/api]='(engine|api)/.*|(reference|cpu|cuda|emulated)/engine\.h'
  [host/workbench]='workbench/.*'
  [host/cli]='(workbench|cli)/.*|rapt_build_facts\.h'
  [bench]='workbench/.*|(bench/)?[a-z0-9_]+\.h'
  [tests]='.*'
)
declare -A angle=(
  [kernels/simt]='c?stdint(\.h)?|type_traits|cuda.*'
  [kernels/tile]='c?stdint(\.h)?|type_traits'
  [kernels/attention]='c?stdint(\.h)?|type_traits'
  [host/include]="$std|rapt/.*"
  [host/engine]="$std|rapt/.*"
  [host/reference]="$std|rapt/.*"
  [host/cpu]="$std|rapt/.*|hwy/.*"
  [host/cuda]="$std|rapt/.*|cuda.*"
  [host/emulated]="$std|rapt/.*"
  [host/api]="$std|rapt/.*"
  [host/workbench]='.*'
  [host/cli]='.*'
  [bench]='.*'
  [tests]='.*'
)
library='kernels host/include host/engine host/reference host/cpu host/cuda host/emulated host/api'

breach() { echo "$1: $2"; }      # rule, what
each() { sed "s/^/$1: /"; }      # rule; file:line:text on stdin
find_in() { # pattern, then folders or files: grep -E over the sources there
  local pattern=$1 place places=()
  shift
  for place in "$@"; do [ -e "$place" ] && places+=("$place"); done
  [ ${#places[@]} -eq 0 ] || grep -rnE "$pattern" "${places[@]}" --include='*.'{h,hpp,cuh,c,cpp,cu} || true
}
room_of() {
  case $1 in
    kernels/*/* | host/*/*) cut -d/ -f1,2 <<<"$1" ;;
    *) cut -d/ -f1 <<<"$1" ;;
  esac
}

mapfile -t sources < <(find kernels host bench tests -type f -regextype egrep -regex '.*\.(h|hpp|cuh|c|cpp|cu)' 2>/dev/null | sort)

check() {
  for file in "${sources[@]}"; do
    room=$(room_of "$file")
    if [ -z "${quoted[$room]:-}" ]; then
      breach rooms "$file: no room '$room' in the table of rules.sh"
      continue
    fi
    grep -nE '^ *# *include' "$file" | grep -vE "include +(\"(${quoted[$room]})\"|<(${angle[$room]})>)" | sed "s|^|$file:|" | each includes
    [ "$(wc -l <"$file")" -le 300 ] || breach length "$file: more than 300 lines"
    head -n 6 "$file" | grep -q 'Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0' || breach licence "$file: no licence line at the top"
    head -n 1 "$file" | grep -qE '^(//|/\*) ?[^ ]' || breach opening "$file: does not begin by saying what it is"
    case $(basename "$file") in *util* | common* | helper*) breach names "$file: a name that says nothing" ;; esac
  done

  # Clang-format puts the last brace of a function in the column where the function began: 0 at namespace scope.
  [ ${#sources[@]} -eq 0 ] || awk '
    FNR == 1 { open = 0 }
    /^[A-Za-z_].*\(/ && !/;$/ { open = FNR }
    /^}/ { if (open && FNR - open + 1 > 60) print FILENAME ":" open ": a function of " FNR - open + 1 " lines"; open = 0 }' "${sources[@]}" | each function

  find_in '.{141}' kernels host bench tests | each columns
  find_in '^ *# *define +[A-Za-z_]+\(' host | each macro
  # shellcheck disable=SC2086
  find_in '\b(fprintf|printf|puts|fputs|putchar|abort|exit|_exit|terminate|perror)\(|std::(cout|cerr|clog)' $library | each quiet
  # shellcheck disable=SC2086
  find_in '# *include +<(iostream|fstream|ostream|istream|sstream|regex|filesystem)>' $library | each lean
  find_in '\basm\b|__CUDA_ARCH__|__shfl|__syncthreads|__shared__|threadIdx|blockIdx|^ *# *if' kernels/tile kernels/attention | each machine
  find_in '^ *# *if' kernels/simt | grep -v '^kernels/simt/simt\.h:' | each machine
  find_in '\b(vector|string|map|set|deque|list|function|unique_ptr|shared_ptr)<|std::(string|vector)' kernels | each containers

  later='\b(TO''DO|FIX''ME|X''XX|HA''CK)\b'
  find . -type f -not -path './.git/*' -not -path './build*/*' \( -name '*.md' -o -name '*.cmake' -o -name 'CMakeLists.txt' -o -name '*.sh' \) -print0 |
    xargs -0 -r grep -nE "$later" | each later
  find_in "$later" kernels host bench tests | each later

  # A test that no CMakeLists.txt names is never run.
  while IFS= read -r file; do
    name=$(basename "$file" .cpp)
    grep -rqwE "$name|${name%_test}" tests --include=CMakeLists.txt || breach unlisted "$file: no CMakeLists.txt names it"
  done < <(find tests -name '*_test.cpp' 2>/dev/null)

  header=host/include/rapt/rapt.h
  version=$(sed -nE 's/^project\(rapt VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
  in_header=$(sed -nE 's/^#define RAPT_VERSION_(MAJOR|MINOR|PATCH) ([0-9]+).*/\2/p' $header | paste -sd.)
  [ "$version" = "$in_header" ] || breach version "CMakeLists.txt says $version, $header says $in_header"
}

breaches=$(check)
[ -z "$breaches" ] || { echo "$breaches" && exit 1; }
echo "${#sources[@]} files, no breach"
