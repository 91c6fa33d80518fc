#!/usr/bin/env bash
# same_bytes.sh BUILD: packed again, at another time and elsewhere, a package has the same bytes.
source "$(dirname "$0")/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
packed=$(dpkg-deb --fsys-tarfile "$daemon_deb" | tar -tv --utc --full-time | awk 'NR == 1 { print $4, $5 }')
SOURCE_DATE_EPOCH=$(date --utc --date "$packed" +%s)
export SOURCE_DATE_EPOCH
(umask 022 && cd "$packages" && TZ=Asia/Tokyo LC_ALL=C cpack -B "$work" >"$work/log" 2>&1) || fail "$(cat "$work/log")"
for deb in "$daemon_deb" "$simulator_deb"; do
  cmp "$deb" "$work/$(basename "$deb")" || fail "$(basename "$deb") has other bytes"
done
