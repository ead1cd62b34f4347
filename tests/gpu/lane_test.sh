#!/usr/bin/env bash
# on_gpu walks through every part: where no GPU is (dry run), where programs do not say so, and where a GPU is pretended by the cpu engine.
#   lane_test.sh PYTHON RAPT [FOLDER of programs built with CUDA, in whose place others are pretended]
# Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
set -uo pipefail
python=$1 rapt=$2 built=${3:-}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
pack=$work/pack out=$work/out failed=0
all=machine,instructions,suite,random,sanitizers,compare,torch,conformance,sweep,presets,google

program() { # path: what it does, on stdin
  mkdir -p "$(dirname "$1")"
  { echo '#!/usr/bin/env bash' && cat; } >"$1" && chmod +x "$1"
}
on_gpu() { "$python" "$pack/on_gpu" --out "$out" "$@" >"$work/said" 2>&1; }
expect() { # what should be so: a command
  local what=$1
  shift
  "$@" && return
  echo "not so: $what"
  cat "$work/said" && failed=1
}
verdict() { "$python" -c "import json, sys; print(json.load(open('$out/results.json'))['parts'][sys.argv[1]]['verdict'])" "$1"; }
is() { [ "$(verdict "$1")" = "$2" ]; }

mkdir -p "$pack"/{bin,lib,python}
cp "$here"/{on_gpu,parts.py,work.py} "$pack"
cp "$here"/../../bench/peers/{rapt,problems,compare_gpu}.py "$pack/python"
echo '{"commit": "a test"}' >"$pack/pack.json"
for name in rapt rapt_bench rapt_compare_cuda contract_record contract_test; do
  real=$(find "${built:-$work/none}" -name $name -type f -perm -u+x 2>/dev/null | head -n 1)
  if [ -n "$real" ]; then ln -s "$real" "$pack/bin/$name"; else echo "echo $name: no device >&2; exit 3" | program "$pack/bin/$name"; fi
done

on_gpu --dry-run --parts $all
expect "a dry run passes where every program refuses" [ $? = 0 ]
expect "suite refused" is suite refused
expect "compare refused" is compare refused
expect "conformance was not packed" is conformance absent
[ -e /dev/nvidiactl ] || { on_gpu; expect "without a driver it says so" grep -q "no device" "$work/said"; }

rm "$pack/bin/rapt_compare_cuda"
echo 'echo measured' | program "$pack/bin/rapt_compare_cuda"
on_gpu --dry-run --parts compare
expect "a program that does not refuse fails a dry run" [ $? = 1 ]
echo 'sleep 60; echo no device' | program "$pack/bin/rapt_compare_cuda"
on_gpu --dry-run --parts compare --limit 0.01
expect "a program that hangs is ended" [ $? = 1 ]

# A GPU pretended: the cpu engine in place of cuda.
rm "$pack/bin/rapt"
program "$pack/bin/rapt" <<END
[ "\$1" = info ] && { echo "cuda/row  runs here"; exit; }
args=()
while [ \$# -gt 0 ]; do
  case \$1 in cuda) args+=(cpu) ;; full) args+=(smoke) ;; --arch) shift ;; *) args+=("\$1") ;; esac
  shift
done
exec "$rapt" "\${args[@]}"
END
echo 'true' | program "$work/path/nvidia-smi"
echo 'shift 4; exec "$@"' | program "$work/path/compute-sanitizer"
echo 'while [ $# -gt 0 ]; do [ "$1" != --json ] || echo "{}" >"$2"; shift; done' | program "$pack/bin/rapt_compare_cuda"
rm "$pack/bin"/contract_*
echo 'echo a device; echo a_case 1 0' | program "$pack/bin/contract_record"
echo 'grep -q a_case "$RAPT_HARDWARE_RECORD"' | program "$pack/bin/contract_test"
export PATH=$work/path:$PATH
# Limits that a busy machine keeps: programs may be halted for minutes.
on_gpu --limit 10 --budget 9999 --parts machine,instructions,suite,random,sanitizers,compare --random 60 --processes 2
expect "all passes on a pretended GPU" [ $? = 0 ]
expect "60 problems were judged" grep -q "60 problems on" "$work/said"
expect "the record is kept" grep -q a_case "$out/hardware.txt"
echo 'exit 9' | program "$work/path/compute-sanitizer"
on_gpu --parts sanitizers
expect "a finding fails" [ $? = 1 ]
echo 'exit 1' | program "$pack/bin/contract_test"
on_gpu --parts instructions
expect "an instruction that differs fails" [ $? = 1 ]
echo 'echo "{\"engines\": [{\"problems\": 3, \"failed\": 1, \"refused\": 0, \"failures\": [\"beyond\"], \"kernels\": []}]}"; exit 1' | program "$pack/bin/rapt"
for part in suite random; do
  on_gpu --limit 10 --budget 9999 --parts $part
  expect "a wrong answer fails $part" [ $? = 1 ]
done
[ $failed = 0 ] && echo "on_gpu does what it says"
exit $failed
