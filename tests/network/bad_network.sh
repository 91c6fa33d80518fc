#!/usr/bin/env bash
# bad_network.sh BUILD [--whole]: the daemon on one side, the cloud and all instances on the other, and a bad network between: a relay
# that delays, splits and swallows (relay.py), packets lost at random, partitions, one-way partitions, resets. In the end every gap is
# closed and every tunnel in step. A form of less than a minute; --whole: 200 tunnels, the usual timeouts and backoffs, 60 s of black hole.
source "$(dirname "$0")/../support/script.sh"
need curl jq ip nft python3
go_apart --net "$0" "$@"
build=$1
here=$(cd "$(dirname "$0")" && pwd)

if [ "${2:-}" = --whole ]; then
  tunnels=200 at_once=50 every=30s settle=2m lossy=30 hole=60 parted=15 flicker=3 patience=900 bound=180
  timeouts='' retry="settle: $settle"
else
  tunnels=40 at_once=20 every=4s settle=10s lossy=3 hole=5 parted=3 flicker=1 patience=240 bound=60
  timeouts='timeout: {connect: 3s, request: 4s}'
  retry="calm: {initial: 500ms, max: 2s}, urgent: {initial: 250ms, max: 2s}, slow: {initial: 500ms, max: 2s}, settle: $settle"
fi

work=$(mktemp -d)
log=$work/daemon.log
what_happened() { grep -v '"level":"info"' "$log" | tail -n 20; }
clean_up() { # the processes end with their namespace
  local started
  mapfile -t started < <(jobs -p)
  kill -KILL "${started[@]}" 2>/dev/null || true
  wait 2>/dev/null
  rm -rf "$work"
}
trap clean_up EXIT

# --- Two hosts and a cable.

# `ip` keeps the names of namespaces in /run.
{ mount -t tmpfs none /run && ip netns add peers && ip netns exec peers true; } 2>/dev/null || skip "no network namespaces here"
peers() { ip netns exec peers "$@"; }
ip link add name near type veth peer name far netns peers 2>/dev/null || skip "no veth in this kernel"
ip addr add 10.77.0.2/24 dev near
peers ip addr add 10.77.0.1/24 dev far
for each in lo near; do ip link set $each up; done
for each in lo far; do peers ip link set $each up; done

# What happens to packets where they come in: requests at the peers, replies at the daemon.
filter() { # INTERFACE WHAT
  echo "add table inet bad; delete table inet bad"
  echo "table inet bad { chain in { type filter hook input priority 0; iifname $1 meta l4proto tcp $2; }; }"
}
requests() { peers nft "$(filter far "$1")"; }
replies() { nft "$(filter near "$1")"; }
both() { requests "$1" && replies "$1"; }
{ both accept && both 'numgen random mod 10 0 drop' && requests 'reject with tcp reset' && both accept; } 2>"$work/nft" ||
  skip "no nftables here: $(head -n 1 "$work/nft")"

# --- The world.

ip netns exec peers "$build/tests/simulator/tunnelkeyd-simulator" --directory "$work/sim" --tunnels $tunnels --organizations 4 \
  --write-config "$work/made.yaml" --state-directory "$work/state" --every $every --first now >"$work/simulator.log" 2>&1 &
wait_for "the simulator is there" test -e "$work/sim/simulator.json"
world() { jq -r "$1" "$work/sim/simulator.json"; }
control=$(world .control_url)
ports=$(world '.cloud_url, .instance_urls[0]' | sed -E 's|^https://localhost:([0-9]+).*|\1|')
# shellcheck disable=SC2086 # two numbers
ip netns exec peers "$here/relay.py" 10.77.0.1 $ports >"$work/relay.log" 2>&1 &
relay=$!
wait_for "the relay listens" grep -q listening "$work/relay.log"

# Each instance is known to the cloud by the simulator's URL, and is reached through the relay.
sed -E "
  s|\{url: \"https://localhost:([^\"]*)|{on_premise_url: \"https://localhost:\1\", url: \"https://10.77.0.1:\1|
  s|^  url: \"https://localhost(.*)|  url: \"https://10.77.0.1\1\n  max_in_flight: $at_once\n  $timeouts|
  s|tls: \{|&server_name: localhost, |
  s|^  instance:|  retry: {$retry}\n&\n    preflight: {every: never}\n    $timeouts|" "$work/made.yaml" >"$work/config.yaml"
printf 'health: {listen: "127.0.0.1:0"}\nlog: {format: json}\n' >>"$work/config.yaml"
tunnelkeyd() { "$build/daemon/tunnelkeyd" "$1" --config "$work/config.yaml" "${@:2}"; }
"$build/daemon/tunnelkeyd" run --config "$work/config.yaml" 2>"$log" &
daemon=$!
wait_for "the daemon starts" grep -q '"event":"supervisor.started"' "$log"

# --- The storm: how long each trouble lasts is part of the test. Rotations are due all the time.

lossy() { both 'numgen random mod 10 0 drop' && sleep $lossy && both accept; }
ask() { peers curl -sf "$control/$1"; }
regenerated() { ask counters | jq .calls.regenerate.arrived; }
# Returns just when a regenerate is at the cloud: its answer is on the way for another 100 ms at least.
at_a_regenerate() { ask "wait?call=regenerate&count=$(($(regenerated) + 1))&timeout=120" >/dev/null || fail "nothing regenerates"; }
sleep $lossy
lossy
at_a_regenerate
kill -USR1 $relay && sleep $hole && kill -USR2 $relay
lossy
both drop && sleep $parted
both accept && at_a_regenerate
replies drop && sleep $parted
both accept
for _ in 1 2 3; do
  at_a_regenerate
  requests 'reject with tcp reset' && sleep $flicker
  requests accept && sleep $flicker
done
lossy
calm=$(date +%s.%N)
sed -i "s|every: $every|every: 30d|" "$work/config.yaml"
tunnelkeyd reload >/dev/null

# --- And then.

restless='.tunnels[] | select(.state != "idle" or .gap_opened_at or .confirmation_owed or (.last_success | not)) | .name'
at_rest() {
  kill -0 $daemon || fail "the daemon ended"
  tunnelkeyd status --json >"$work/status.json" || true
  [ -z "$(jq "$restless" "$work/status.json")" ]
}
end=$((SECONDS + patience))
until at_rest >/dev/null; do
  [ $SECONDS -lt $end ] || fail "not at rest: $(jq "$restless" "$work/status.json")"
  sleep 0.5
done
figures=$(peers "$here/judge.py" "$control" "$log" "$work/status.json" "$calm" $bound) || fail "a promise was broken (see above)"
echo "$figures"
if [ -n "${TUNNELKEYD_FIGURES:-}" ]; then
  mkdir -p "$TUNNELKEYD_FIGURES"
  echo "$figures" >"$TUNNELKEYD_FIGURES/network${2:-}"
fi
kill -TERM $daemon
wait $daemon || fail "the daemon ended with $?"
