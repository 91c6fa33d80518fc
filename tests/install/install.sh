#!/usr/bin/env bash
# install.sh BUILD: installs BUILD to a temporary prefix, and holds what is there against systemd's own tools. Without
# those it ends with 77.
set -euo pipefail
build=$1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*" >&2; exit 1; }

prefix=$work/usr
cmake --install "$build" --prefix "$prefix" >"$work/log" || { cat "$work/log"; fail "cmake --install failed"; }
expected="bin/tunnelkeyd
$(cd "$(dirname "$0")/../../systemd" && ls | grep -E '\.(service|timer)$' | sed 's|^|lib/systemd/system/|')
lib/sysusers.d/tunnelkeyd.conf
share/bash-completion/completions/tunnelkeyd
share/doc/tunnelkeyd/CHANGELOG.md
share/doc/tunnelkeyd/LICENSE
share/doc/tunnelkeyd/README.md
$(cd "$(dirname "$0")/../.." && ls docs/*.md | sed 's|^|share/doc/tunnelkeyd/|')
share/doc/tunnelkeyd/examples/config.example.yaml
$(cd "$(dirname "$0")/../../config" && ls examples/*.yaml | sed 's|^|share/doc/tunnelkeyd/|')
share/man/man8/tunnelkeyd.8
share/tunnelkeyd/config.schema.json
share/tunnelkeyd/prometheus/alerts.yaml"
installed=$(cd "$prefix" && find . -type f | sed 's|^\./||' | LC_ALL=C sort)
diff <(echo "$expected") <(echo "$installed") || fail "other files than expected"
"$prefix/bin/tunnelkeyd" version >/dev/null || fail "the installed program does not run"
unit=$prefix/lib/systemd/system/tunnelkeyd.service
grep -qxF "ExecStart=$prefix/bin/tunnelkeyd run" "$unit" || fail "ExecStart does not name the installed program"
grep -qxF "ExecReload=$prefix/bin/tunnelkeyd reload" "$unit" || fail "ExecReload does not name the installed program"
! grep -q ' /usr\|=/usr\|///usr' "$unit" || fail "the unit still names /usr"

alerts=$prefix/share/tunnelkeyd/prometheus/alerts.yaml
grep -qF "runbook_url: file://$prefix/share/doc/tunnelkeyd/docs/operations.md#gap-open" "$alerts" || fail "the alarms do not name the installed document"
! grep -q '[ =[]/usr\|///usr' "$alerts" || fail "the alarms still name /usr"

# For a package: DESTDIR comes before the prefix, and stands in no file.
DESTDIR=$work/root cmake --install "$build" --prefix /usr >/dev/null
cmp "$work/root/usr/lib/systemd/system/tunnelkeyd.service" "$(dirname "$0")/../../systemd/tunnelkeyd.service" ||
  fail "the unit for /usr is another than the one in the sources"
cmp "$work/root/usr/share/tunnelkeyd/prometheus/alerts.yaml" "$(dirname "$0")/../../config/prometheus/alerts.yaml" ||
  fail "the alarms for /usr are others than those in the sources"

for tool in systemd-analyze systemd-sysusers; do
  command -v $tool >/dev/null || { echo "skipped: no $tool (script/bootstrap test)"; exit 77; }
done
units=$prefix/lib/systemd/system
said=$(systemd-analyze verify "$units"/tunnelkeyd* 2>&1) || fail "systemd-analyze verify failed: $said"
[ -z "$said" ] || fail "systemd-analyze verify: $said"
said=$(systemd-sysusers --dry-run "$prefix/lib/sysusers.d/tunnelkeyd.conf" 2>&1) || fail "systemd-sysusers: $said"

for service in "$units"/*.service; do
  exposure=$(systemd-analyze security --offline=true --no-pager "$service" | grep -oP 'Overall exposure level[^:]*: \K[0-9.]+')
  echo "exposure of $(basename "$service"): $exposure"
  awk -v level="$exposure" 'BEGIN { exit !(level <= 1.1) }' || fail "exposed more than 1.1"
done
