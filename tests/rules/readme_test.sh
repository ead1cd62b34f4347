#!/usr/bin/env bash
# README.md says what is so: its two commands, its program and output, the matrix of `rapt info --matrix`, links that lead somewhere.
#   readme_test.sh ROOT RAPT
# Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
set -uo pipefail
cd "$1" || exit 2
rapt=$2
failed=0

block() { # number: the lines of that code block
  awk -v wanted="$1" '/^```/ { inside = !inside; if (inside) ++count; next } inside && count == wanted' README.md
}
same() { # what, the README's text, the true text
  diff <(echo "$2") <(echo "$3") >/dev/null && return
  echo "README.md, $1: < as it stands, > as it should be"
  diff <(echo "$2") <(echo "$3")
  failed=1
}

same "the two commands, one a line" "$(block 1 | sed -E 's/ --preset [a-z]+$//')" "$(printf 'cmake/install-deps && cmake --workflow\n%.0s' 1 2)"
same "the C program" "$(block 2)" "$(sed -n '/^#include/,$p' tests/consumers/attention.c)"
same "its output" "$(block 3)" "$(cat tests/consumers/attention.expected)"
# The instruction sets in the matrix are those of x86.
[ "$(uname -m)" != x86_64 ] || same "the support matrix" "$(sed -n '/^<!-- rapt info --matrix -->$/,/^<!-- end -->$/p' README.md | sed '1d;$d')" "$("$rapt" info --matrix)"

while IFS= read -r link; do
  [ -e "$link" ] || { echo "README.md links to $link, which is not there" && failed=1; }
done < <(grep -oE '\]\([^)#]+\)' README.md | sed -E 's/^\]\(|\)$//g' | grep -v '^http')
[ $failed = 0 ] && echo "README.md tells the truth"
exit $failed
