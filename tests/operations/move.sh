#!/usr/bin/env bash
# Moved to another host with its key gap open, the daemon installs there the key that it received here.
source "$(dirname "$0")/lib.sh"

begin
fault '{"call": "install", "tunnel": "jira", "kind": "status", "status": 503, "times": 0}'
systemctl start tunnelkeyd
wait_for "a gap is open" happened install.retry jira
wait_for "the other tunnel is rotated" happened rotation.installed confluence
run_block move-from
expect "what the daemon said in the end" \
  "$(jq -Rr 'fromjson? | select(.event == "daemon.stopped") | .message' "$log")" "still open: the key gap of jira; work on it goes on at the next start"
expect "who may read the archive" "$(stat -c %a "$host/root/tunnelkeyd.tar")" 600

mkdir -p "$work"/host-b/{root,run,etc,var/lib}
cp "$host/root/tunnelkeyd.tar" "$work/host-b/root/"
ln -sfn "$work/host-b" "$host"
no_faults
run_block move-to
wait_for "the key is installed" happened rotation.installed jira
in_step
expect "keys that jira was given" "$(truth jira .regenerates)" 1
systemctl stop tunnelkeyd

ln -sfn "$work/host-a" "$host"
run_block move-done
expect "what is left on the old host" "$(find "$work/host-a" -type f | grep -v /run/)" ""
