#!/usr/bin/env bash
# The real configuration is rehearsed as docs/rehearsal.md says, and the real world notices nothing.
source "$(dirname "$0")/lib.sh"
document=$source_dir/docs/rehearsal.md
export HOME=$host/root

# Another terminal each: those two go on.
tunnelkeyd-simulator() {
  setsid "$build/tests/simulator/tunnelkeyd-simulator" "$@" >"$work/rehearsing.log" 2>&1 &
  rehearsing=$!
  wait_for "the rehearsal is there" test -e "$HOME/rehearsal/simulator.json"
}
tunnelkeyd() {
  if [ "$1" = run ]; then
    setsid "$build/daemon/tunnelkeyd" "$@" 2>>"$log" &
    daemon=$!
    wait_for "the rehearsing daemon starts" happened supervisor.started
  else
    "$build/daemon/tunnelkeyd" "$@"
  fi
}
seen() { tunnelkeyd status --json --config "$HOME/rehearsal/config.yaml" | jq -r "$1"; } # JQ
is_open() { [ "$(seen '[.tunnels[].problems[].code] | index("gap_open") != null')" = true ]; }
is_well() { [ "$(seen '[.tunnels[].gap_opened_at] | all(. == null)')" = true ]; }

rehearsing=
clean_up_all() {
  [ -z "$rehearsing" ] || kill -KILL "$rehearsing" 2>/dev/null || true
  clean_up
}
trap clean_up_all EXIT

begin
real_requests=$(curl -sf "$control/requests" | jq '.requests | length')
real_control=$control
run_block rehearsal-begin
run_block rehearsal-daemon
# The block is for a person: between its lines there is time to look.
curl() {
  if [ "$1" = -X ]; then wait_for "status shows the open gap" is_open; fi
  command curl -s "$@"
}
run_block rehearsal-alarm
wait_for "the gap is closed again" is_well
run_block rehearsal-truth >"$work/truth"
expect "rehearsed tunnels in step" "$(grep -c '"in_step":true' "$work/truth")" 2
expect "requests that the real cloud and instances got" "$(command curl -sf "$real_control/requests" | jq '.requests | length')" "$real_requests"
expect "what the real state directory has" "$(find "$host/var/lib/tunnelkeyd" -type f 2>/dev/null | wc -l)" 0
