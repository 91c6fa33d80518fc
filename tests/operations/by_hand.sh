#!/usr/bin/env bash
# A key that the daemon cannot install is revealed, installed by curl and resolved, as the page says, with and without a daemon.
source "$(dirname "$0")/lib.sh"

past() { tunnelkeyd history jira --json | jq -r "[.rotations[].outcome] | $1"; }
number() { tunnelkeyd pending --json | jq -r '.pending[0].key.number'; }
install_by_hand() {
  no_faults # from where the person is the instance can be reached
  url=$(jq -r '.tunnels[] | select(.name == "jira") | .instance_url' "$work/sim/simulator.json")
  export CURL_CA_BUNDLE
  CURL_CA_BUNDLE=$(jq -r .ca_file "$work/sim/simulator.json")
  run_block by-hand-install "s|jira-pat|jira-token|; s|https://jira.example.com/jira|$url|"
  [ ! -e login ] || fail "the login was left behind"
}

begin
cd "$work"
sed -i 's/slow: {initial: 100ms, max: 1s}/slow: {initial: 1h, max: 1h}/' "$host/etc/tunnelkeyd/config.yaml"
fault '{"call": "install", "tunnel": "jira", "kind": "login_page", "times": 0}'
systemctl start tunnelkeyd
wait_for "a gap is open, and its next try is in an hour" happened install.credentials_refused jira

echo "=== beside the daemon"
run_block by-hand-look >"$work/look" 2>&1
grep -q "^jira .* number $(number), " "$work/look" || fail "pending does not say which key: $(cat "$work/look")"
grep -q "resolve jira --installed --key $(number)" "$work/look" || fail "the steps do not name the key"
expect "the key that is printed" "$(grep -cFx "$(truth jira .cloud_key)" "$work/look")" 1
install_by_hand
status=0
tunnelkeyd pending resolve jira --installed --key 99 || status=$?
expect "exit status with another key's number" $status 1
run_block by-hand-resolve "s/--key 4/--key $(number)/"
expect "keys that jira was given" "$(truth jira .regenerates)" 1
in_step
expect "history" "$(past 'join(" ")')" "manual revealed revealed"
happened key.revealed jira 2 || fail "key.revealed is not logged"
happened rotation.resolved jira || fail "rotation.resolved is not logged"
! grep -qF "$(truth jira .cloud_key)" "$log" || fail "the log has the key"
wait_for "all is well" well

echo "=== the next rotation is the usual one"
tunnelkeyd rotate jira --wait
expect "keys that jira was given" "$(truth jira .regenerates)" 2
in_step

echo "=== given up"
fault '{"call": "install", "tunnel": "jira", "kind": "login_page", "times": 0}'
tunnelkeyd rotate jira
wait_for "a gap is open" happened install.credentials_refused jira 2
no_faults
run_block by-hand-regenerate
wait_for "another key is installed" happened rotation.installed jira 2
happened key.discarded jira || fail "key.discarded is not logged"
expect "keys that jira was given" "$(truth jira .regenerates)" 4
in_step

echo "=== without a daemon"
fault '{"call": "install", "tunnel": "jira", "kind": "login_page", "times": 0}'
tunnelkeyd rotate jira
wait_for "a gap is open" happened install.credentials_refused jira 3
systemctl stop tunnelkeyd
run_block by-hand-look >"$work/look" 2>&1
install_by_hand
run_block by-hand-resolve "s/--key 4/--key $(number)/"
expect "history" "$(past 'first')" manual
status=0
run_block by-hand-regenerate || status=$?
expect "exit status of --regenerate without a daemon" $status 69
systemctl start tunnelkeyd
tunnelkeyd rotate jira --wait
in_step
