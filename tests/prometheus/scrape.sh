#!/usr/bin/env bash
# A real Prometheus scrapes the demo for 30 s; then a query for each metric that the documentation promises returns
# samples. Skipped (77) where there is no Prometheus.
set -euo pipefail
cd "$(dirname "$0")/../.."

for tool in prometheus promtool curl jq; do
  command -v $tool >/dev/null || { echo "skipped: no $tool; script/bootstrap test demo installs it"; exit 77; }
done

work=$(mktemp -d)
pids=()
clean_up() {
  for pid in "${pids[@]}"; do
    kill -TERM "$pid" 2>/dev/null || true
  done
  for pid in "${pids[@]}"; do
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap clean_up EXIT

wait_for() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] && kill -0 "${pids[@]}" 2>/dev/null || { echo "never happened: $*"; cat "$work"/*.log; exit 1; }
    sleep 0.2
  done
}

target=$(sed -n 's/^  listen: //p' config/demo.yaml)
script/demo >"$work/demo.log" 2>&1 &
pids+=($!)
wait_for 600 curl -sf "http://$target/readyz"

cat >"$work/prometheus.yml" <<YAML
global: {scrape_interval: 1s}
scrape_configs:
  - {job_name: tunnelkeyd, static_configs: [{targets: ["$target"]}]}
YAML
listen=127.0.0.1:18446
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address=$listen \
  >"$work/prometheus.log" 2>&1 &
pids+=($!)
wait_for 60 curl -sf "http://$listen/-/ready"

# 30 scrapes, a second each.
query() { curl -sf "http://$listen/api/v1/query" --data-urlencode "query=$1"; }
enough() { [ "$(query 'count_over_time(up{job="tunnelkeyd"}[5m])' | jq -r '.data.result[0].value[1] // 0')" -ge 30 ]; }
wait_for 120 enough

[ -z "$(curl -sf "http://$target/metrics" | promtool check metrics 2>&1 | tee "$work/promtool.log")" ] ||
  { cat "$work/promtool.log"; exit 1; }

# docs/monitoring.md lists exactly the metrics that there are; problems come and go, and the demo shows no client certificate.
diff <(grep -oE '`(tunnelkeyd|process)_[a-z_]+`' docs/monitoring.md | tr -d '`' | sort -u) \
  <({ curl -sf "http://$target/metrics" | sed -n 's/^# TYPE \([a-z_]*\) .*/\1/p'; printf '%s\n' tunnelkeyd_problem \
      tunnelkeyd_{cloud,instance}_client_certificate_expiry_timestamp_seconds; } | sort -u) ||
  { echo "docs/monitoring.md (<) and /metrics (>) differ"; exit 1; }

missing=0
expect() { # QUERY
  local count
  count=$(query "$1" | jq '.data.result | length')
  if [ "$count" -gt 0 ]; then
    printf '%-75s %3d series\n' "$1" "$count"
  else
    echo "$1: no samples"
    missing=1
  fi
}
for name in rotations_total rotation_duration_seconds_bucket rotation_duration_seconds_count key_gap_seconds \
  key_gap_duration_seconds_bucket tunnel_state last_success_timestamp_seconds next_rotation_timestamp_seconds \
  consecutive_failures instance_credential_expiry_timestamp_seconds http_requests_total \
  http_request_duration_seconds_bucket config_last_reload_successful config_last_reload_success_timestamp_seconds \
  api_key_expiry_timestamp_seconds build_info; do
  expect "tunnelkeyd_$name"
done
for name in cpu_seconds_total resident_memory_bytes virtual_memory_bytes open_fds max_fds start_time_seconds; do
  expect "process_$name{job=\"tunnelkeyd\"}"
done
expect 'min_over_time(up{job="tunnelkeyd"}[30s]) == 1'
expect 'sum(increase(tunnelkeyd_rotations_total{result="installed"}[30s])) > 5'
expect 'histogram_quantile(0.9, sum by (le) (rate(tunnelkeyd_key_gap_duration_seconds_bucket[30s]))) < 5'
exit $missing
