#!/usr/bin/env bash
# The Debian packages hold what their names promise, depend on what they use, and serve a stranger once unpacked.
#   debian_test.sh BUILD CONSUME SCRATCH
# Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
build=$1 consume=$2 scratch=$3
for tool in dpkg-deb dpkg-shlibdeps file; do
  command -v $tool >/dev/null || { echo "skipped: no $tool here"; exit 77; }
done
rm -rf "$scratch" && mkdir -p "$scratch/root"
(cd "$build" && cpack -G DEB -B "$scratch") >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }

holds() { # package, file of it, words of its dependencies
  local deb
  deb=$(echo "$scratch"/"$1"_*.deb)
  local files depends  # read whole: a grep that leaves early would break the pipe
  files=$(dpkg-deb -c "$deb") depends=$(dpkg-deb -f "$deb" Depends)
  grep -qE "$2" <<<"$files" || { echo "$1 holds no $2"; exit 1; }
  grep -qE "$3" <<<"$depends" || { echo "$1 does not depend on $3"; exit 1; }
  dpkg-deb -x "$deb" "$scratch/root"
}
holds librapt0 'librapt\.so\.0 -> librapt\.so\.0\.1\.0' 'libhwy1'
holds librapt-dev 'include/rapt/rapt\.h' 'librapt0 \(= 0\.1\.0-1\), libhwy-dev'
holds rapt 'usr/bin/rapt$' 'libfmt9'
for package in librapt0 librapt-dev rapt; do holds $package "doc/$package/copyright" .; done

"$scratch/root/usr/bin/rapt" --version | grep -qx '0\.1\.0'
"$consume" pkg_config c shared "$scratch/root/usr" "$scratch/consumer"
"$consume" find_package cpp static "$scratch/root/usr" "$scratch/consumer"
