# Sourced by tests that are scripts: what all of them do. `what_happened` may be defined anew, and tells more when one fails.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

skip() { echo "skipped: $*"; exit 77; }
need() { # TOOL...
  local tool
  for tool in "$@"; do command -v "$tool" >/dev/null || skip "no $tool; script/bootstrap test demo installs it"; done
}

what_happened() { :; }
fail() { echo "FAILED: $*" >&2; what_happened >&2 || true; exit 1; }
expect() { # WHAT ACTUAL EXPECTED
  [ "$2" = "$3" ] || fail "$1: \"$2\", and not \"$3\""
}
wait_for() { # WHAT COMMAND...
  local what=$1 end=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "never happened: $what"
    sleep 0.02
  done
}

# A pipe's grep -q. That one leaves at the first line found, and whoever still writes then fails, and the pipe with it.
has() { # GREP'S OPTIONS AND PATTERN
  [ -n "$(grep "$@")" ]
}

# A port that nobody had a moment ago.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# The fenced text behind this comment of the document.
marked() { # DOCUMENT MARK
  local text
  text=$(awk -v mark="<!-- $2 -->" \
    '$0 == mark { found = 1; next } found && /^```/ { if (inside) exit; inside = 1; next } inside' "$1")
  [ -n "$text" ] || fail "$1 has no $2"
  echo "$text"
}

# The test goes on as root in a mount and a process namespace of its own, and in others that are named: with its end, whatever that is,
# all its processes and mounts are gone.
go_apart() { # [--net] SCRIPT ARGUMENT...
  local namespaces=(--mount --pid --fork --mount-proc)
  if [ "$1" = --net ]; then namespaces+=("$1") && shift; fi
  [ -z "${TUNNELKEYD_APART:-}" ] || return 0
  [ "$(id -u)" = 0 ] || skip "it takes root to go into namespaces"
  unshare "${namespaces[@]}" true 2>/dev/null || skip "no namespaces here"
  TUNNELKEYD_APART=1 exec unshare "${namespaces[@]}" --kill-child "$@"
}
