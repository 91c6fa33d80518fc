#!/usr/bin/env bash
# Once it is removed nothing of it is left, and the tunnels work on.
source "$(dirname "$0")/lib.sh"

begin
cmake --install "$build" --prefix "$host/usr/local" >/dev/null
touch "$host/usr/local/bin/another-program"
systemctl start tunnelkeyd
wait_for "jira is rotated" happened rotation.installed jira
wait_for "confluence is rotated" happened rotation.installed confluence
run_block uninstall
expect "what the daemon said in the end" \
  "$(jq -Rr 'fromjson? | select(.event == "daemon.stopped") | .message' "$log")" "no key gap is open"
expect "what is left" "$(cd "$host/" && find . -type f)" ./usr/local/bin/another-program
in_step
