#!/usr/bin/env bash
# Installed and started, the service says when it is ready, rotates, and shows what it does where systemd's users look.
source "$(dirname "$0")/lib.sh"

install_service
boot
begin_world
in_machine systemctl enable --now tunnelkeyd
expect "after systemctl start" "$(of_unit ActiveState)" active
begun=$(of_unit ExecMainStartTimestampMonotonic)
ready=$(of_unit ActiveEnterTimestampMonotonic)
echo "ready $(((ready - begun) / 1000)) ms after its start"
expect "how long it may hang" "$(of_unit WatchdogUSec)" 1min

wait_for "jira is rotated" happened rotation.installed jira
wait_for "confluence is rotated" happened rotation.installed confluence
in_step
well_said() { [[ $(of_unit StatusText) =~ ^2\ tunnels,\ 0\ rotating,\ next\ (jira|confluence)\ at\ [0-9T:Z-]+$ ]]; }
wait_for "the status line says what goes on" well_said
wait_for "all is well" well

entries TUNNEL=jira | has . || fail "journalctl TUNNEL=jira shows nothing"
expect "lines of another tunnel under TUNNEL=jira" "$(in_machine journalctl -q -o json -u tunnelkeyd TUNNEL=jira |
  jq -r .TUNNEL | sort -u)" jira
[ "$(in_machine journalctl -q -o json -u tunnelkeyd EVENT=rotation.installed | jq -r .PRIORITY | sort -u)" = 6 ] ||
  fail "a success is no information in the journal"
in_machine tunnelkeyd status --json | jq -e '.tunnels | length == 2' >/dev/null || fail "root cannot ask for the status"
refused "a stranger may ask" in_machine setpriv --reuid 54321 --regid 54321 --clear-groups tunnelkeyd status
in_machine setpriv --reuid 54321 --regid tunnelkeyd --clear-groups tunnelkeyd status >/dev/null ||
  fail "the group may not ask"
by=$(in_machine setpriv --reuid 54321 --regid tunnelkeyd --clear-groups tunnelkeyd pause jira >/dev/null
  in_machine journalctl -q -o json -u tunnelkeyd EVENT=tunnel.paused | jq -r .BY)
expect "who has paused it, as the daemon sees it" "$by" "a member of the socket's group (tunnelkeyd)"
expect "who has, as the journal knows" \
  "$(in_machine journalctl EVENT=command.asked -o json --output-fields=MESSAGE,_UID,_AUDIT_LOGINUID | jq -r '"\(._UID) \(.MESSAGE)"')" \
  "54321 command.asked tunnel=jira: the daemon is asked: POST /v1/tunnels/jira/pause"
in_machine tunnelkeyd resume jira >/dev/null
expect "who has resumed it" "$(in_machine journalctl -q -o json -u tunnelkeyd EVENT=tunnel.resumed | jq -r .BY)" root

# The socket given to a group that the daemon does not see.
in_machine chgrp 54322 /run/tunnelkeyd/control.sock
in_machine setpriv --reuid 54321 --regid 54322 --clear-groups tunnelkeyd pause jira >/dev/null || fail "another group does not count"
expect "who has paused it, of a group that the daemon does not see" \
  "$(in_machine journalctl -q -o json -u tunnelkeyd EVENT=tunnel.paused | jq -r .BY | tail -n 1)" "a member of the socket's group"
in_machine tunnelkeyd resume jira >/dev/null
refused "the former group may ask" in_machine setpriv --reuid 54321 --regid tunnelkeyd --clear-groups tunnelkeyd status
in_machine chmod 0666 /run/tunnelkeyd/control.sock
refused "everybody may ask, since the kernel lets them" in_machine setpriv --reuid 54321 --regid 54323 --clear-groups tunnelkeyd status
in_machine chgrp tunnelkeyd /run/tunnelkeyd/control.sock
in_machine chmod 0660 /run/tunnelkeyd/control.sock

# What is secret is the service's alone.
expect "owner and rights of the state directory" "$(in_machine stat -c '%U %a' /var/lib/tunnelkeyd)" "tunnelkeyd 700"
expect "what it holds that others might read" "$(in_machine find /var/lib/tunnelkeyd -type f -perm /077)" ""
for file in /var/lib/tunnelkeyd/sealing.key /etc/tunnelkeyd/secrets/jira-token; do
  refused "$file may be read by a stranger" in_machine setpriv --reuid 54321 --regid tunnelkeyd --clear-groups cat $file
done
pid=$(of_unit MainPID)
expect "the daemon's user" "$(in_machine ps -o user:32= -p "$pid")" tunnelkeyd
expect "its capabilities" "$(in_machine grep -c '^Cap[A-Z][a-z]*:.*[1-9a-f]' "/proc/$pid/status" || true)" 0
expect "its core limit" "$(in_machine grep -oP 'Max core file size *\K\d+ *\d+' "/proc/$pid/limits" | tr -s ' ')" "0 0"

in_machine systemctl disable --now tunnelkeyd
refused "root pauses in the state store of another user" in_machine tunnelkeyd pause jira
in_machine setpriv --reuid tunnelkeyd --regid tunnelkeyd --clear-groups tunnelkeyd pause jira >/dev/null || fail "no pause without a daemon"
expect "who has paused without a daemon, as the journal knows" \
  "$(in_machine journalctl EVENT=command.without_daemon -o json | jq -r '"\(._UID) \(.MESSAGE)"')" \
  "$(in_machine id -u tunnelkeyd) command.without_daemon tunnel=jira: no daemon runs, and the command does it in the state store itself: pause"
expect "how it ended" "$(of_unit Result) $(of_unit ExecMainStatus)" "success 0"
expect "restarts" "$(of_unit NRestarts)" 0
