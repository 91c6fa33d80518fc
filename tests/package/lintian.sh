#!/usr/bin/env bash
# lintian.sh BUILD: Debian's own checks find nothing, no warning either.
source "$(dirname "$0")/lib.sh"
need lintian

said=$(lintian --allow-root --fail-on error,warning "$daemon_deb" "$simulator_deb" 2>&1) || fail "$said"
echo "$said"
