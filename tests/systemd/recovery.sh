#!/usr/bin/env bash
# Hung, killed, stopped or broken: the service comes back by itself where that helps, and no key is lost.
source "$(dirname "$0")/lib.sh"

install_service
drop_in soon <<<$'[Service]\nWatchdogSec=1\nRestartSec=100ms'
boot
begin_world
in_machine systemctl start tunnelkeyd
wait_for "jira is rotated" happened rotation.installed jira
wait_for "confluence is rotated" happened rotation.installed confluence
restarted() { is NRestarts "$1" && is ActiveState active; }

in_machine kill -STOP "$(of_unit MainPID)"
wait_for "the watchdog ends a hung daemon, and systemd starts it anew" restarted 1
entries | has 'Watchdog timeout' || fail "it was not the watchdog"
expect "core dumps" "$(in_machine find / -xdev -newer /etc/machine-id -name 'core*' -type f -path '*/var/*')" ""

# Killed with the new key made, and not installed.
fault '{"kind": "hold", "call": "install", "tunnel": "jira", "apply": false}'
installs=$(truth jira .installs)
in_machine tunnelkeyd rotate jira >/dev/null
wait_for "jira's key is made" happened rotation.minted jira 2
requests install jira $((installs + 1))
expect "jira in its gap is in step" "$(truth jira .in_step)" false
in_machine kill -KILL "$(of_unit MainPID)"
wait_for "it comes back" restarted 2
wait_for "the key is installed" happened rotation.installed jira 2
at_world release -X POST >/dev/null
wait_for "nothing is owed" well
in_step

# Stopped while the cloud makes a key: what is under way gets its time, and the next start goes on.
fault '{"kind": "hold", "call": "regenerate", "tunnel": "confluence"}'
regenerates=$(truth confluence .regenerates)
in_machine tunnelkeyd rotate confluence >/dev/null
requests regenerate confluence $((regenerates + 1))
in_machine systemctl stop --no-block tunnelkeyd
wait_for "it is asked to stop" is ActiveState deactivating
at_world release -X POST >/dev/null
wait_for "it has stopped" is ActiveState inactive
expect "how it ended" "$(of_unit Result) $(of_unit ExecMainStatus)" "success 0"
in_machine systemctl start tunnelkeyd
wait_for "confluence is in step" is_in_step confluence
wait_for "nothing is owed" well
in_step

# Neither a bad configuration nor a bad command line is tried again and again.
in_machine systemctl stop tunnelkeyd
echo 'nonsense: true' >>"$root/etc/tunnelkeyd/config.yaml"
refused "it starts with a bad configuration" in_machine systemctl start tunnelkeyd
expect "a bad configuration" "$(of_unit ActiveState) $(of_unit ExecMainStatus) $(of_unit NRestarts)" "failed 78 0"
entries | has 'nonsense: unknown key' || fail "the journal does not say what is wrong"
sed -i '/^nonsense/d' "$root/etc/tunnelkeyd/config.yaml"
drop_in words <<<$'[Service]\nExecStart=\nExecStart=/usr/bin/tunnelkeyd run --nonsense'
refused "it starts with a bad option" in_machine systemctl start tunnelkeyd
expect "a bad option" "$(of_unit ActiveState) $(of_unit ExecMainStatus) $(of_unit NRestarts)" "failed 64 0"
