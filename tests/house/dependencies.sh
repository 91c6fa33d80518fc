#!/usr/bin/env bash
# Whoever configures without the packages that it takes is told all of their names, and how to install them.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*" >&2; exit 1; }

mapfile -t packages < <(grep -oP '^\s*tunnelkeyd_need(_module)?\(\K[a-z][^ )]+' cmake/Dependencies.cmake)
[ ${#packages[@]} -gt 10 ] || fail "cmake/Dependencies.cmake names few packages: ${packages[*]}"
for package in "${packages[@]}"; do
  grep -qE "[ (]${package//./\\.}( |\$)" script/bootstrap || fail "script/bootstrap does not install $package"
done

hidden=()
for name in Boost OpenSSL spdlog yaml-cpp SQLiteCpp Catch2; do hidden+=("-DCMAKE_DISABLE_FIND_PACKAGE_$name=ON"); done
! cmake -G Ninja -S . -B "$work" "${hidden[@]}" >"$work/log" 2>&1 || fail "it configures without its packages"
grep -qF "Missing packages of Debian 12: libboost1.81-dev, libboost-url1.81-dev, libssl-dev, \
libyaml-cpp-dev, libspdlog-dev, libsqlitecpp-dev, catch2. To install them: script/bootstrap build test" <<<"$(tr -s '\n ' ' ' <"$work/log")" || fail "$(cat "$work/log")"
