#!/usr/bin/env bash
# Fails if the name of a test case holds a character that CMake's lists, Catch2's tags or a command line take for their
# own: such a test, and those behind it, would silently not run.
set -euo pipefail
cd "$(dirname "$0")/.."

if grep -rnzoP 'TEST_CASE(_METHOD)?\((\w+,\s*)?"(?:[^"]*[\[\];\\,][^"]*|-[^"]*)"' --include='*_test.cpp' . | tr '\0' '\n' |
  grep -vE '^$' | grep -E '"[^"]*[][;\\]|"-'; then
  echo "no brackets, semicolons or backslashes in a test's name, and no dash at its beginning"
  exit 1
fi
