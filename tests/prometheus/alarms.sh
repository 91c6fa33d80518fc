#!/usr/bin/env bash
# alarms.sh BUILD: a real Prometheus scrapes a real daemon in trouble, with config/prometheus/alerts.yaml, whose waits are made
# short: the alarms that should fire do, with their remedies; a restart ends none; and they end when the trouble does.
for tool in prometheus promtool; do
  command -v $tool >/dev/null || { echo "skipped: no $tool; script/bootstrap test installs it"; exit 77; }
done
tunnels=4
source "$(dirname "$0")/../operations/lib.sh"

begin
sed -i 's|^health: {|&gap_failing_after: 1s, |' "$host/etc/tunnelkeyd/config.yaml"
change() { curl -sf -X POST "$control/$1" -d "$2" >/dev/null; }
fault '{"call": "install", "tunnel": "jira", "kind": "status", "status": 503, "times": 0}'
change tunnels/confluence '{"on_premise_url": "https://another.example.com/confluence"}'
sed -i "s|url: \"*\(https://[^ \"}]*/confluence\)\"*|url: \"\1\", on_premise_url: \"\1\"|" "$host/etc/tunnelkeyd/config.yaml"
change tunnels/bitbucket '{"token": "renewed"}'
systemctl start tunnelkeyd
wait_for "jira's key gap is open" happened install.retry jira
wait_for "confluence is held" happened rotation.held confluence
wait_for "bitbucket's token is refused" happened preflight.failed bitbucket
wait_for "bamboo is rotated" happened rotation.installed bamboo

# The health endpoint gets another port with each start, and Prometheus reads here which.
announce() {
  jq -Rnr '[inputs | fromjson? | select(.event == "health.listening") | .address] | last |
    [{targets: [.], labels: {instance: "here"}}] | tojson' "$log" >"$work/targets.new"
  mv "$work/targets.new" "$work/targets.json"
}
announce
sed -e 's/^\( *\)for: .*/\1for: 2s/; s/^\( *\)interval: .*/\1interval: 1s/' "$source_dir/config/prometheus/alerts.yaml" >"$work/alerts.yaml"
expect "waits that were made short" "$(grep -c 'for: 2s' "$work/alerts.yaml")" "$(grep -c 'alert: ' "$work/alerts.yaml")"
cat >"$work/prometheus.yml" <<YAML
global: {scrape_interval: 1s}
rule_files: [alerts.yaml]
scrape_configs:
  - {job_name: tunnelkeyd, file_sd_configs: [{files: [targets.json], refresh_interval: 1s}]}
YAML
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address=127.0.0.1:0 \
  >"$work/prometheus.log" 2>&1 &
prometheus=$!
end_all() { kill -KILL $prometheus 2>/dev/null || true; wait $prometheus 2>/dev/null || true; clean_up; }
trap end_all EXIT
wait_for "Prometheus listens" grep -q 'msg="Listening on"' "$work/prometheus.log"
listen=$(sed -n 's/.*msg="Listening on" address=//p' "$work/prometheus.log")

alarms() { curl -sf "http://$listen/api/v1/alerts" | jq -c '.data.alerts[] | select(.state == "firing")'; }
alarm() { alarms | jq -c "select(.labels.alertname == \"Tunnelkeyd$1\")"; } # NAME
fires() { [ -n "$(alarm "$1")" ]; }
is_over() { ! fires "$1"; }
part() { alarm "$1" | jq -r "$2"; } # NAME JQ
for each in GapOpen Held CredentialsRefused; do wait_for "$each" fires $each; done

expect "whose gap is open" "$(part GapOpen .labels.tunnel)" jira
expect "how urgent" "$(part GapOpen .labels.severity)" critical
grep -q 'for [0-9].*s now.*What to do: bring the instance back' <<<"$(part GapOpen .annotations.description)" ||
  fail "$(part GapOpen .annotations.description)"
expect "who is held" "$(part Held .labels.tunnel)" confluence
grep -q 'What to do: correct hostname, instance.url' <<<"$(part Held .annotations.description)" || fail "$(part Held .annotations.description)"
expect "whose credentials are refused" "$(part CredentialsRefused '.labels.tunnel + " " + .labels.code')" "bitbucket credentials_refused"
expect "all alarms" "$(alarms | jq -r '.labels.alertname + " " + .labels.tunnel' | sort | tr '\n' ';')" \
  "TunnelkeydCredentialsRefused bitbucket;TunnelkeydGapOpen jira;TunnelkeydHeld confluence;"

# Killed, away for a while, and started again: the same alarms go on, and are not begun anew.
since=$(alarms | jq -r '.labels.alertname + " " + .activeAt' | sort)
kill -KILL $daemon
wait $daemon 2>/dev/null || true
query() { curl -sf "http://$listen/api/v1/query" --data-urlencode "query=$1" | jq -r '.data.result[0].value[1] // "nothing"'; }
answers() { [ "$(query "$1")" = "$2" ]; } # PROMQL VALUE
wait_for "the scrape fails" answers 'up{job="tunnelkeyd"}' 0
wait_for "the daemon is missed" fires Absent
systemctl start tunnelkeyd
announce
wait_for "the scrape works" answers 'up{job="tunnelkeyd"}' 1
wait_for "the daemon is there" is_over Absent
wait_for "some more scrapes" answers 'count_over_time(process_start_time_seconds{job="tunnelkeyd"}[3s]) > bool 2' 1
expect "the alarms, and since when" "$(alarms | jq -r '.labels.alertname + " " + .activeAt' | sort)" "$since"

no_faults
wait_for "jira's gap is closed" happened rotation.installed jira
wait_for "no alarm of it" is_over GapOpen
expect "the others" "$(alarms | jq -r .labels.alertname | sort | tr '\n' ' ')" "TunnelkeydCredentialsRefused TunnelkeydHeld "
