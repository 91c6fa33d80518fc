#!/usr/bin/env bash
# Fails if a pipe ends in a grep -q. It leaves at the first line that it finds; whoever writes more into the pipe then fails,
# and under pipefail so does the pipe: once in many runs. Tests have `has` (tests/support/script.sh).
set -euo pipefail
cd "$(dirname "$0")/../.."

! grep -rnE '\|[[:space:]]*grep (-[a-zA-Z]+ )*-[a-zA-Z]*[qm]' .ci cmake config docs script systemd tests README.md --exclude=pipes.sh
