#!/usr/bin/env bash
# systemctl reload says whether the new configuration is in force, and a bad one changes nothing.
source "$(dirname "$0")/lib.sh"

install_service
boot
begin_world
in_machine systemctl start tunnelkeyd
pid=$(of_unit MainPID)
config=$root/etc/tunnelkeyd/config.yaml
planned() { in_machine tunnelkeyd status --json | jq -r '.tunnels[] | select(.name == "jira") | .next.at'; }
wait_for "jira is rotated" happened rotation.installed jira
wait_for "confluence is rotated" happened rotation.installed confluence

cp "$config" "$place/good"
before=$(planned)
sed -i 's/every: 1d/evry: 1d/' "$config"
refused "systemctl reload takes a bad configuration" in_machine systemctl reload tunnelkeyd
entries | has 'evry: unknown key; did you mean "every"' || fail "the journal does not say why"
expect "after a bad reload" "$(of_unit ActiveState) $(of_unit MainPID)" "active $pid"
expect "the next rotation after a bad reload" "$(planned)" "$before"
in_machine curl -s http://127.0.0.1:9847/metrics | has -x 'tunnelkeyd_config_last_reload_successful 0' ||
  fail "the metrics do not tell of the failure"
in_machine tunnelkeyd rotate jira --wait >/dev/null || fail "it does not rotate by the old configuration"

sed 's/every: 1d/every: 7d/' "$place/good" >"$config"
in_machine systemctl reload tunnelkeyd || fail "systemctl reload refuses a good configuration"
expect "after a good reload" "$(of_unit ActiveState) $(of_unit MainPID)" "active $pid"
week=$(($(date -d "$(planned)" +%s) - $(date +%s)))
[ $week -gt $((6 * 86400)) ] || fail "the new schedule does not count: next at $(planned)"
in_machine tunnelkeyd rotate confluence --wait >/dev/null
in_step
