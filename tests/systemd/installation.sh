#!/usr/bin/env bash
# What docs/installation.md says, from an installation from source to a service that is watched, and to a timer.
source "$(dirname "$0")/lib.sh"
source "$source_dir/tests/systemd/document.sh"
[ "$build" = "$source_dir/build/release" ] || skip "the document installs build/release"

show_sources
prepare
boot
place_sources
start_simulator
begun=$SECONDS
run_block source
run_block api-key "$(secret "$(organization)-api-key")"
run_block jira-pat "$(secret jira-token)"
write_config
run_block check >/dev/null
run_block start
expect "jira is in step" "$(truth jira .in_step)" true
expect "its regenerates" "$(truth jira .regenerates)" 1
wait_for "all is well" well
run_block watch
echo "installed, and watched, after $((SECONDS - begun)) s"
expect "after a start of the machine it" "$(in_machine systemctl is-enabled tunnelkeyd)" enabled

sed -i 's|bearer: {file: /etc/tunnelkeyd/secrets/jira-pat}|bearer: {credential: jira-pat}|' "$root/etc/tunnelkeyd/config.yaml"
run_block credential
run_block restart
refused "the service's user can read the credential's file" \
  in_machine setpriv --reuid tunnelkeyd --clear-groups --regid tunnelkeyd cat /etc/tunnelkeyd/secrets/jira-pat
in_machine tunnelkeyd rotate jira --wait || fail "it does not rotate with LoadCredential="

run_block encrypt
refused "the encrypted credential can be read" grep -q "$(secret jira-token)" "$root/etc/tunnelkeyd/jira-pat.cred"
run_block restart
in_machine tunnelkeyd rotate jira --wait || fail "it does not rotate with LoadCredentialEncrypted="

run_block users
in_machine setpriv --reuid 54321 --regid tunnelkeyd --clear-groups tunnelkeyd pause jira >/dev/null
expect "who has paused, for a daemon that sees all" \
  "$(in_machine journalctl -q -o json -u tunnelkeyd EVENT=tunnel.paused | jq -r .BY)" "uid 54321"
in_machine tunnelkeyd resume jira >/dev/null

run_block networks
expect "the networks that it may reach" "$(of_unit IPAddressAllow | xargs -n 1 | sort | xargs)" "10.20.0.0/16 127.0.0.0/8 203.0.113.0/24 ::1/128"

run_block timer
expect "the daemon, where there is a timer" "$(of_unit ActiveState)" inactive
expect "the timer" "$(of_unit ActiveState tunnelkeyd-once.timer)" active
