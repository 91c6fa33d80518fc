#!/usr/bin/env bash
# What docs/operations.md says of each thing that may have happened since a backup, and that each tunnel is in step in the end.
source "$(dirname "$0")/lib.sh"

restored() { # REGENERATES of jira so far: rotates each, and all is in step
  wait_for "no gap is open" no_gap
  run_block restored
  wait_for "no gap is open" no_gap
  in_step
  [ "$(truth jira .regenerates)" -gt "$1" ] || fail "jira was not rotated"
  wait_for "all is well" well
}
no_gap() { [ "$(state '[.tunnels[] | select(.gap_opened_at)] | length')" = 0 ]; }

begin
systemctl start tunnelkeyd
wait_for "jira is rotated" happened rotation.installed jira
wait_for "confluence is rotated" happened rotation.installed confluence
run_block backup
expect "who may read the backup" "$(stat -c %a "$host/root/tunnelkeyd.tar")" 600

echo "=== since the backup: rotated to the end"
systemctl stop tunnelkeyd
once --tunnel jira
run_block restore
in_step
restored 2

echo "=== since the backup: a gap that was open when the state was lost"
fault '{"call": "regenerate", "tunnel": "jira", "kind": "hold", "times": 1}'
before=$(truth jira .regenerates)
systemctl stop tunnelkeyd
"$build/daemon/tunnelkeyd" run --once --tunnel jira --config "$host/etc/tunnelkeyd/config.yaml" 2>>"$log" &
daemon=$!
requests regenerate jira $((before + 1))
kill -KILL $daemon
wait $daemon 2>/dev/null || true
daemon=
run_block restore
no_faults
expect "what nobody can know: jira is down" "$(truth jira .in_step)" false
expect "what the daemon believes" "$(verdict)" ok
restored "$before"

echo "=== a gap that is open in the backup"
systemctl stop tunnelkeyd
fault '{"call": "install", "tunnel": "jira", "kind": "status", "status": 503, "times": 0}'
once --tunnel jira --max-wait 300ms && fail "it installed the key"
run_block backup
no_faults
wait_for "it is closed" no_gap
run_block restored 's/^sudo rm .*//'
cp "$host/root/tunnelkeyd.tar" "$work/young.tar"

echo "=== ... an hour later"
systemctl stop tunnelkeyd
mkdir "$work/old"
tar -C "$work/old" -xpf "$work/young.tar"
python3 - "$work/old/var/lib/tunnelkeyd/state.db" <<'PYTHON'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    changed = database.execute("UPDATE tunnel SET key_minted_at = key_minted_at - 7200000 WHERE key_minted_at IS NOT NULL")
    assert changed.rowcount == 1
PYTHON
tar -C "$work/old" -cf "$host/root/tunnelkeyd.tar" etc/tunnelkeyd var/lib/tunnelkeyd
before=$(truth jira .regenerates)
run_block restore
wait_for "the key is given up" happened key.lost jira
wait_for "no gap is open" no_gap
in_step
restored "$before"

echo "=== ... within the hour"
systemctl stop tunnelkeyd
cp "$work/young.tar" "$host/root/tunnelkeyd.tar"
run_block restore
wait_for "no gap is open" no_gap
expect "what nobody can know: jira has the key of the backup" "$(truth jira .in_step)" false
restored "$(truth jira .regenerates)"

echo "=== no backup"
systemctl stop tunnelkeyd
printf 'not a database' >"$host/var/lib/tunnelkeyd/state.db"
status=0
systemctl start tunnelkeyd || status=$?
expect "exit status with a damaged database" $status 1
run_block empty
wait_for "no gap is open" no_gap
before=$(truth jira .regenerates)
run_block emptied
in_step
[ "$(truth jira .regenerates)" -gt "$before" ] || fail "jira was not rotated"
