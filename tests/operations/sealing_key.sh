#!/usr/bin/env bash
# With a new sealing key nothing is lost where no gap is open, and a tunnel whose key cannot be opened is given another one.
source "$(dirname "$0")/lib.sh"

begin
systemctl start tunnelkeyd
wait_for "jira is rotated" happened rotation.installed jira
wait_for "confluence is rotated" happened rotation.installed confluence
run_block new-sealing-key
expect "warnings without an open gap" "$(count store.warning)" 0
expect "verdict" "$(verdict)" ok

# Damaged: it does not start, and says what to do.
systemctl stop tunnelkeyd
echo nonsense >"$host/var/lib/tunnelkeyd/sealing.key"
status=0
systemctl start tunnelkeyd || status=$?
expect "exit status with a damaged sealing key" $status 78

fault '{"call": "install", "tunnel": "jira", "kind": "status", "status": 503, "times": 0}'
run_block new-sealing-key
systemctl stop tunnelkeyd
once --tunnel jira --max-wait 500ms && fail "it installed the key"
systemctl start tunnelkeyd
wait_for "a gap is open" happened install.retry jira
before=$(truth jira .regenerates)
run_block new-sealing-key
no_faults
expect "warnings" "$(count store.warning)" 1
expect "keys that could not be opened" "$(count key.lost jira)" 1
wait_for "jira is rotated again" happened rotation.installed jira 2
in_step
[ "$(truth jira .regenerates)" -gt "$before" ] || fail "jira was given no new key"
