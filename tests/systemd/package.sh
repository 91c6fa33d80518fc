#!/usr/bin/env bash
# The Debian package where systemd runs: installed, upgraded with a key gap open, removed and purged.
source "$(dirname "$0")/lib.sh"
source "$source_dir/tests/systemd/document.sh"
deb=$(find "$source_dir/build/package" -maxdepth 1 -name 'tunnelkeyd_*.deb' 2>/dev/null | head -n 1)
[ -n "$deb" ] || skip "no package; script/package makes it"

show_sources
rm -f $root/usr/sbin/policy-rc.d $root/var/lib/man-db/auto-update # it may start services; no index of man pages is made
prepare
boot
place_sources
start_simulator
# The same as an older version.
dpkg-deb -R "$deb" $place/older
sed -i 's/^Version: .*/Version: 0.0.1/' $place/older/DEBIAN/control
dpkg-deb -Znone -b $place/older $root/srv/older.deb >/dev/null
version() { in_machine dpkg-query -W -f '${Version}' tunnelkeyd; }

echo "=== installed, it runs, and rotates nothing"
in_machine dpkg -i /srv/older.deb >$place/said 2>&1 || fail "it is not installed: $(cat $place/said)"
expect "version" "$(version)" 0.0.1
expect "the service" "$(of_unit ActiveState) $(in_machine systemctl is-enabled tunnelkeyd)" "active enabled"
expect "the timer" "$(of_unit ActiveState tunnelkeyd-once.timer)" inactive
expect "tunnels" "$(in_machine tunnelkeyd status --json | jq '.tunnels | length')" 0
wait_for "it is content with no tunnel" well

run_block api-key "$(secret "$(organization)-api-key")"
run_block jira-pat "$(secret jira-token)"
write_config
run_block start
expect "jira is in step" "$(truth jira .in_step)" true

echo "=== upgraded with a key gap open"
fault '{"kind": "status", "status": 503, "call": "install", "tunnel": "jira", "times": 0}'
in_machine tunnelkeyd rotate jira >/dev/null
requests install jira 2
wait_for "the gap is open" happened rotation.minted jira 2
key=$(in_machine tunnelkeyd pending --json | jq -c '.pending[0].key')
[ "$key" != null ] || fail "no key is pending"
sums() { in_machine sha256sum /etc/tunnelkeyd/config.yaml /var/lib/tunnelkeyd/sealing.key /etc/tunnelkeyd/secrets/jira-pat; }
before=$(sums)
pid=$(of_unit MainPID)
run_block package >$place/said
refused "the version is the old one" test "$(version)" = 0.0.1
expect "the service" "$(of_unit ActiveState)" active
refused "the old process runs on" test "$(of_unit MainPID)" = "$pid"
expect "configuration, secrets and sealing key" "$(sums)" "$before"
expect "the pending key" "$(in_machine tunnelkeyd pending --json | jq -c '.pending[0].key')" "$key"
at_world faults -X DELETE >/dev/null
in_machine tunnelkeyd reload >/dev/null
wait_for "the rotation ends" happened rotation.installed jira 2
expect "jira is in step" "$(truth jira .in_step)" true
wait_for "all is well" well

echo "=== removed, it keeps everything; purged, nothing"
in_machine dpkg -r tunnelkeyd >$place/said 2>&1 || fail "it is not removed: $(cat $place/said)"
expect "the service" "$(of_unit ActiveState)" inactive
expect "configuration, secrets and sealing key" "$(sums)" "$before"
in_machine dpkg -P tunnelkeyd >$place/said 2>&1 || fail "it is not purged: $(cat $place/said)"
expect "what is left, but for the administrator's own file" \
  "$(in_machine find /etc/tunnelkeyd /var/lib/tunnelkeyd /run/tunnelkeyd -type f 2>/dev/null)" /etc/tunnelkeyd/ca.pem
expect "its units" "$(in_machine systemctl list-unit-files --no-legend 'tunnelkeyd*' | grep -v simulator || true)" ""
expect "jira is in step" "$(truth jira .in_step)" true
