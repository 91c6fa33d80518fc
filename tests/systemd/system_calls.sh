#!/usr/bin/env bash
# The units' filter has every system call that the daemon makes, and names none that it does not. Seen by strace, in a
# simulated world; what it does under systemd alone is tested by the scripts beside this one, under a filter that kills.
source "$(dirname "$0")/../support/script.sh"
build=$1
need strace systemd-analyze curl jq ip
[ "$(uname -m)" = x86_64 ] || skip "the names are those of x86-64"
# A program whose tracer has ended goes on, were it not for this.
go_apart --net "$0" "$@"
ip link set lo up

work=/media
mount -t tmpfs -o mode=0711 tunnelkeyd-test $work
what_happened() { tail -n 20 "$work/log"; }

# As the service: another user than root, for whom SQLite gives files to nobody.
install -d -o nobody "$work/sim" "$work/run"
cp "$build/daemon/tunnelkeyd" "$build/tests/simulator/tunnelkeyd-simulator" "$work"
config=$work/sim/config.yaml
setpriv --reuid nobody --clear-groups "$work/tunnelkeyd-simulator" --directory "$work/sim" --tunnels 2 --write-config "$config" \
  --every 1d --first now >"$work/simulator.log" 2>&1 &
wait_for "the simulator is there" test -e "$work/sim/simulator.json"
control=$(jq -r .control_url "$work/sim/simulator.json")
sed -i 's|^defaults:|&\n  retry: {calm: {initial: 50ms, max: 1h}, urgent: {initial: 20ms, max: 500ms}, settle: 1s}|' "$config"
printf 'health: {listen: "127.0.0.1:0"}\nlog: {format: json}\n' >>"$config"

trace=(strace -f -qq -u nobody -e signal=none -o)
traced() { "${trace[@]}" "$work/calls.$1" "$work/tunnelkeyd" "${@:2}" --config "$config"; }
happened() { [ "$(grep -c "\"event\":\"$1\"" "$work/log")" -ge "$2" ]; } # EVENT COUNT
start() {
  "${trace[@]}" "$work/calls.$1" "$work/tunnelkeyd" run --config "$config" 2>>"$work/log" &
  strace=$!
}
daemon() { pgrep -P "$strace"; }
tunnelkeyd() { setpriv --reuid nobody --clear-groups "$work/tunnelkeyd" "$@" --config "$config" >/dev/null; }

# Killed in a key gap, and started again.
touch "$work/log"
curl -sf "$control/faults" -d '{"kind": "status", "status": 503, "call": "install", "tunnel": "jira", "times": 0}' >/dev/null
start killed
wait_for "jira's key is made" happened rotation.minted 2
kill -KILL "$(daemon)"
wait "$strace" || true
curl -sf -X DELETE "$control/faults" >/dev/null
start run
wait_for "it begins anew" happened supervisor.started 2
wait_for "both are rotated" happened rotation.installed 2

for path in livez readyz healthz status metrics; do
  curl -s "$(jq -Rr 'fromjson? | select(.event == "health.listening") | .address' "$work/log" | tail -n 1)/$path" >/dev/null
done
traced reload reload >/dev/null
cp "$config" "$work/good"
echo 'nonsense: true' >>"$config"
! traced refused reload 2>/dev/null || fail "a bad configuration is taken"
# A name that must be looked up, and a file that is not there.
sed -e 's|https://localhost:\([0-9]*\)/jira|https://name.invalid:\1/jira|; s|confluence-token|none|' "$work/good" >"$config"
grep -q name.invalid "$config" || fail "no name is looked up"
tunnelkeyd reload
! tunnelkeyd preflight || fail "a name that does not exist passes"
cp "$work/good" "$config"
kill -HUP "$(daemon)"
wait_for "it reloads on SIGHUP" happened reload.done 3
tunnelkeyd rotate --all --wait
tunnelkeyd pause jira
tunnelkeyd history
tunnelkeyd pending
kill -TERM "$(daemon)"
wait "$strace" || fail "it ended with $?"
traced once run --once --tunnel jira --max-wait 20s >/dev/null 2>>"$work/log" || fail "run --once fails"

unit=$source_dir/systemd/tunnelkeyd.service
entries=$(sed -n ':a; /\\$/{N; s/\\\n//; ba}; s/^SystemCallFilter=//p' "$unit" | xargs -n 1 | sort -u)
groups=$(grep '^@' <<<"$entries" | xargs)
names=$(grep -v '^@' <<<"$entries")
[ -n "$groups" ] && [ -n "$names" ] || fail "no filter is found in $unit"
# shellcheck disable=SC2086
in_groups=$(systemd-analyze syscall-filter --no-pager @default $groups | sed -n 's/^ \+\([a-z0-9_]\+\)$/\1/p' | sort -u)
seen=$(grep -ohP '^\d+ +\K[a-z0-9_]+(?=\()' "$work"/calls.* | sort -u)
echo "$(wc -l <<<"$seen") different system calls: $(xargs <<<"$seen")"
[ "$(wc -l <<<"$seen")" -gt 50 ] || fail "too little was seen"

missing=$(comm -23 <(echo "$seen") <(sort -u <<<"$in_groups"$'\n'"$names"))
[ -z "$missing" ] || fail "the filter refuses what the daemon calls: $(xargs <<<"$missing")"
# What other architectures and libraries call instead, and what only happens seldom.
instead="clone faccessat faccessat2 fchmodat fstat lstat mkdirat readlink readlinkat renameat renameat2 stat statx unlinkat
  mremap tgkill"
superfluous=$(comm -13 <(echo "$seen") <(comm -23 <(echo "$names") <(xargs -n 1 <<<"$instead" | sort -u)))
[ -z "$superfluous" ] || fail "the filter has what the daemon does not call: $(xargs <<<"$superfluous")"
doubled=$(comm -12 <(echo "$names") <(echo "$in_groups"))
[ -z "$doubled" ] || fail "the filter has in a group already: $(xargs <<<"$doubled")"
