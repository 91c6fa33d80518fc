#!/usr/bin/env bash
# config/prometheus/alerts.yaml is what Prometheus takes, and fires when it should (tests/prometheus/alerts). Skipped (77)
# where there is no promtool.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v promtool >/dev/null || { echo "skipped: no promtool; script/bootstrap test installs it"; exit 77; }
promtool check rules config/prometheus/alerts.yaml
promtool test rules tests/prometheus/alerts/*.yaml
