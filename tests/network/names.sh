#!/usr/bin/env bash
# 50 tunnels on names whose name server is silent, beside 50 good ones; and what resolv.conf says, while the daemon runs.
source "$(dirname "$0")/../support/script.sh"
build=$1
here=$(cd "$(dirname "$0")" && pwd)
need curl jq python3 ip nft unshare
go_apart --net "$0" "$@"

place=/media
mount -t tmpfs -o mode=0755 tunnelkeyd-test $place
log=$place/log
questions=$place/questions
touch $log $questions
what_happened() { tail -n 20 $log; }

# --- The network: this machine alone, and an address that nobody reaches.
ip link set lo up
ip -6 address add fd00:dead::1/128 dev lo nodad
nft -f - <<'NFT' || skip "no nftables here"
table inet test {
  chain in {
    type filter hook input priority 0;
    ip6 daddr fd00:dead::1 drop
  }
}
NFT
for file in hosts resolv.conf; do
  touch $place/$file
  mount --bind $place/$file "$(readlink -f /etc/$file)" || skip "/etc/$file cannot be replaced here"
done
name_servers() { # LINE...: the whole of resolv.conf
  printf '%s\n' "$@" >$place/resolv.conf
}
name_servers "nameserver 127.0.0.54"
good_hosts=$(for i in {0..49}; do echo "127.0.0.1 good-$i.test"; done)
echo "$good_hosts" >$place/hosts
python3 -c '
import json
zone = {f"dead-{i}.test": ["127.0.0.1"] for i in range(50)}
zone |= {"short.corp.test": ["127.0.0.1"], "dual.test": ["fd00:dead::1", "127.0.0.1"], "half.test": ["127.0.0.1", "silent AAAA"]}
print(json.dumps(zone))' >$place/zone
"$here/name_server.py" $place/zone $questions 2>>$log &
wait_for "the name servers are there" grep -q listening $questions

# --- The tunnels.
"$build/tests/simulator/tunnelkeyd-simulator" --directory $place/sim --tunnels 103 --organizations 10 \
  --write-config $place/written.yaml --state-directory $place/state --every 30d --first now >$place/simulator.log 2>&1 &
wait_for "the simulator is there" test -e $place/sim/simulator.json
sed -i -e 's|^    tls: {|    timeout: {connect: 5s}\n&server_name: localhost, |' \
  -e 's|^defaults:|&\n  retry: {calm: {initial: 100ms, max: 500ms}, settle: 1s}|' $place/written.yaml
printf 'health: {listen: "127.0.0.1:0"}\nlog: {format: json}\n' >>$place/written.yaml
"$here/split.py" $place/written.yaml $place
mapfile -t good <$place/good
mapfile -t dead <$place/dead

tunnelkeyd() { timeout 60 "$build/daemon/tunnelkeyd" "$1" --config $place/config.yaml "${@:2}"; }
# How many tunnels this has happened to.
happened() { [ "$(grep -oP "\"event\":\"$1\",\"tunnel\":\"${3:-[^\"]+}\"" $log | sort -u | wc -l)" -ge "$2" ]; } # EVENT TUNNELS [TUNNEL]
# Rotates all good ones at once, and says how many milliseconds each took: "median longest".
rotate_good() {
  local before
  before=$(wc -l <$log)
  tunnelkeyd rotate "${good[@]}" --wait >/dev/null || fail "the good ones are not rotated within a minute"
  tail -n +$((before + 1)) $log | python3 "$here/durations.py" $place/good
}

cp $place/good.yaml $place/config.yaml
"$build/daemon/tunnelkeyd" run --config $place/config.yaml 2>>$log &
wait_for "the good ones are rotated" happened rotation.installed 50
echo "--- 50 alone, and beside 50 whose name server is silent (as their look-ups begin, and later): median and longest, in ms"
turn() { # CONFIG
  cp "$place/$1" $place/config.yaml
  tunnelkeyd reload >/dev/null || fail "the daemon does not reload within a minute"
}
all_are_looked_up() { [ "$(tail -n +$((since + 1)) $questions | grep -oE 'dead-[0-9]+' | sort -u | wc -l)" = 50 ]; }
# A machine that is busy with something else may spoil a round, but not each. A dead name would delay by seconds, each time.
no_slower() { # MEDIAN LONGEST: than alone
  [ "$1" -le $((median * 3 / 2 + 100)) ] && [ "$2" -le $((longest * 2 + 300)) ]
}
for round in 1 2 3 4 5 6; do
  turn good.yaml
  alone=$(rotate_good)
  since=$(wc -l <$questions)
  turn all.yaml
  meanwhile=$(rotate_good) # the look-ups begin
  wait_for "the dead ones are looked up" all_are_looked_up
  beside=$(rotate_good)
  echo "$alone, $meanwhile, $beside"
  read -r median longest <<<"$alone"
  # shellcheck disable=SC2086 # two words each
  if no_slower $meanwhile && no_slower $beside; then break; fi
  [ $round -lt 6 ] || fail "the dead ones delay the good ones"
done
wait_for "each dead one has been refused" happened preflight.failed 53 # and the special ones
expect "rotated, and dead" "$(grep -cE '"rotation.installed".*"tunnel":"('"$(IFS='|'; echo "${dead[*]}")"')"' $log)" 0
why=$(jq -nRr "first(inputs | fromjson? | select(.event == \"preflight.failed\" and .tunnel == \"${dead[0]}\") | .message)" $log)
case $why in
  *"cannot look up dead-0.test: no answer from name server 127.0.0.54"*) ;;
  *) fail "it does not say who was silent: $why" ;;
esac

echo "--- the event loop: late answers of a thousand, with nothing to do, beside look-ups, and with nothing to do again"
# The silent name server is asked for 50 names each 5 s: a look-up that kept the loop from turning, for 40 ms say, would make every third
# answer late. A busy machine makes some late as well: a round in which it makes many tells nothing, and one alone may be unlucky.
address=$(jq -Rr 'fromjson? | select(.event == "health.listening") | .address' $log)
turn good.yaml
before=$("$here/late.py" "$address" 4)
slow=0
for round in 1 2 3 4 5 6 7 8; do
  since=$(wc -l <$questions)
  turn all.yaml
  beside=$("$here/late.py" "$address" 8)
  wait_for "the dead ones are looked up" all_are_looked_up
  turn good.yaml
  after=$("$here/late.py" "$address" 4)
  echo "$before, $beside, $after"
  usual=$((before > after ? before : after))
  before=$after
  if [ $usual -gt 200 ]; then
    [ $round -lt 8 ] || echo "the machine is too busy to tell"
    continue
  fi
  [ "$beside" -gt $((usual * 2 + 50)) ] || break
  slow=$((slow + 1))
  [ $slow -lt 3 ] || fail "look-ups keep the event loop from turning"
done
turn all.yaml

echo "--- another name server while the daemon runs"
name_servers "nameserver 127.0.0.53"
wait_for "all but one are rotated" happened rotation.installed 102

found() { # TUNNEL CHECK: what the preflight says of it now
  tunnelkeyd preflight "$1" --json | jq -r ".tunnels[0].checks[] | select(.check == \"$2\") | .found" || true
}
finds() { # TUNNEL CHECK PATTERN
  local text
  text=$(found "$1" "$2")
  echo "$1, $2: $text"
  [[ $text =~ $3 ]] || fail "$1, $2: \"$text\" is not \"$3\""
}
# Which servers were asked, one after another; a preflight looks up more than once.
asked() { awk -v since="$since" -v name="$1" -v kind="$2" 'NR > since && $3 == name && $4 == kind {print $2}' $questions | xargs; }

soon='([0-9]{1,3}ms|[12]s.*)' # well before any timeout, also on a busy machine

echo "--- IPv6 that leads nowhere"
finds dual instance_name 'dual.test is fd00:dead::1, 127.0.0.1 '
finds dual instance_connection "^127.0.0.1 port [0-9]+ \($soon\)$"

echo "--- a name server that is silent on IPv6"
finds half instance_name "half.test is 127.0.0.1 \($soon\)$"

echo "--- the search list, with a first name server that is silent"
name_servers "search nowhere.test corp.test" "nameserver 127.0.0.54" "nameserver 127.0.0.53" "options timeout:1"
wait_for "short is rotated" happened rotation.installed 1 short
since=$(wc -l <$questions)
finds short instance_name 'short is 127.0.0.1 \([23]s' # a second for each of two names
expect "asked for the first of the list" "$(asked short.nowhere.test A | cut -d " " -f 1-2)" "127.0.0.54 127.0.0.53"
expect "asked for the second of the list" "$(asked short.corp.test A | cut -d " " -f 1-2)" "127.0.0.54 127.0.0.53"
expect "asked as it is" "$(asked short A)" ""

echo "--- all but the last of three name servers are silent, and nothing in resolv.conf says to hurry"
name_servers "search corp.test" "nameserver 127.0.0.54" "nameserver 127.0.0.55" "nameserver 127.0.0.53"
finds short instance_name 'short is 127.0.0.1 '

echo "--- as many attempts as resolv.conf says"
since=$(wc -l <$questions)
name_servers "nameserver 127.0.0.54" "options timeout:1 attempts:1"
finds dual instance_name 'cannot look up dual.test: no answer from name server 127.0.0.54'
expect "asked once" "$(asked dual.test A)" 127.0.0.54
expect "asked once, for IPv6" "$(asked dual.test AAAA)" 127.0.0.54

echo "--- no timeout and no attempts, which are a second and one attempt"
since=$(wc -l <$questions)
name_servers "nameserver 127.0.0.54" "nameserver 127.0.0.53" "options timeout:0 attempts:0"
finds dual instance_name '^dual.test is fd00:dead::1, 127.0.0.1 \([12]s'
expect "asked, of each" "$(asked dual.test A | cut -d " " -f 1-2)" "127.0.0.54 127.0.0.53"

echo "--- /etc/hosts while the daemon runs"
printf '%s\n127.0.0.1 dual.test\n' "$good_hosts" >$place/hosts
finds dual instance_name 'dual.test is 127.0.0.1 '
