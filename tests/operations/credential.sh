#!/usr/bin/env bash
# A renewed API key, and a renewed token, are tried at once.
source "$(dirname "$0")/lib.sh"

begin
organization=$(jq -r '.organizations[0].name' "$work/sim/simulator.json")
curl -sf -X POST "$control/organizations/$organization" -d '{"api_key": "another"}' >/dev/null
curl -sf -X POST "$control/tunnels/jira" -d '{"token": "renewed"}' >/dev/null
secrets=$host/etc/tunnelkeyd/secrets
modes=$(stat -c %a "$secrets"/*)
systemctl start tunnelkeyd
wait_for "the API key is refused" happened preflight.failed jira
wait_for "the API key is refused" happened preflight.failed confluence
expect "regenerates with the revoked API key" "$(truth confluence .regenerates)" 0

run_block renew "s|jira-pat|$organization-api-key|" <<<another
wait_for "confluence is rotated" happened rotation.installed confluence
wait_for "jira's token is refused" happened preflight.failed jira 2
wait_for "jira is degraded for that" grep -q '"tunnel":"jira","code":"credentials_refused"' "$log"
expect "regenerates with the old token" "$(truth jira .regenerates)" 0

run_block renew 's|jira-pat|jira-token|' <<<renewed
wait_for "jira is rotated" happened rotation.installed jira
in_step
expect "modes of the secrets" "$(stat -c %a "$secrets"/*)" "$modes"
wait_for "all is well" well
