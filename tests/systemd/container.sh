#!/usr/bin/env bash
# As process 1 of a container that has nothing else: a read-only root with the program and its libraries, a user without a name, no
# journal and no systemd.
source "$(dirname "$0")/../support/script.sh"
build=$1
need curl jq unshare setpriv ip
go_apart --net "$0" "$@" # so the ports are its own, too
ip link set lo up

place=/media
mount -t tmpfs -o mode=0755 tunnelkeyd-test $place
root=$place/root
log=$place/log
touch $log
what_happened() { tail -n 20 $log; }

# --- The image, and the volumes.
mkdir $root
mount --bind $root $root
mkdir -p $root/{proc,dev,tmp,etc/tunnelkeyd,run/tunnelkeyd,var/lib/tunnelkeyd,usr/bin} $place/state
cp "$build/daemon/tunnelkeyd" $root/usr/bin
ldd "$build/daemon/tunnelkeyd" | grep -oP '(=> |^\t)\K/[^ ]+' | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
mkdir $place/sim
"$build/tests/simulator/tunnelkeyd-simulator" --directory $place/sim --tunnels 2 --write-config $place/config.yaml \
  --every 1d --first now >$place/simulator.log 2>&1 &
wait_for "the simulator is there" test -e $place/sim/simulator.json
control=$(jq -r .control_url $place/sim/simulator.json)
sed -e "/^state:/d; /^control:/d; s|$place/sim|/etc/tunnelkeyd|g" \
  -e 's|^defaults:|&\n  retry: {calm: {initial: 50ms, max: 1h}, urgent: {initial: 20ms, max: 500ms}, settle: 1s}|' \
  $place/config.yaml >$root/etc/tunnelkeyd/config.yaml
cp -r $place/sim/secrets $place/sim/ca.pem $root/etc/tunnelkeyd
chmod -R a+rX $root/etc/tunnelkeyd/{config.yaml,ca.pem}
chown -R 12345 $root/etc/tunnelkeyd/secrets $place/state
chmod 0700 $place/state
for device in null urandom; do
  touch $root/dev/$device
  mount --bind /dev/$device $root/dev/$device
done
mount --bind $place/state $root/var/lib/tunnelkeyd
mount -t tmpfs -o uid=12345,gid=12345,mode=0711 run $root/run/tunnelkeyd
mount -o remount,bind,ro $root
! touch $root/written 2>/dev/null || fail "the root can be written to"

# --- The container.
in_container() { setpriv --no-new-privs chroot --userspec=12345:12345 --groups= $root "$@"; }
run() {
  setpriv --no-new-privs unshare --pid --fork --kill-child chroot --userspec=12345:12345 --groups= $root \
    /usr/bin/tunnelkeyd run >>$place/out 2>>$log &
  container=$!
  wait_for "process 1" is_there
}
is_there() { daemon=$(pgrep -P $container) && [ "$(cat "/proc/$daemon/comm")" = tunnelkeyd ]; }
count() { jq -Rr "fromjson? | select(.event == \"$1\"${2:+ and .tunnel == \"$2\"}) | .event" $log | wc -l; } # EVENT [TUNNEL]
happened() { [ "$(count "$1" "$2")" -ge "$3" ]; }
truth() { curl -sf "$control/tunnels/$1" | jq -r "$2"; }

run
wait_for "jira is rotated" happened rotation.installed jira 1
wait_for "confluence is rotated" happened rotation.installed confluence 1
expect "its number in there" "$(grep -oP '^NSpid:.*\t\K\d+$' "/proc/$daemon/status")" 1
expect "its user and its capabilities" "$(grep -oP '^(Uid|CapEff):\t\K\w+' "/proc/$daemon/status" | xargs)" "12345 0000000000000000"
expect "its children" "$(cat /proc/"$daemon"/task/*/children)" ""
in_container /usr/bin/tunnelkeyd status >/dev/null || fail "status does not work in there"
expect "its verdict" "$(curl -s http://127.0.0.1:9847/healthz | jq -r .status)" ok

echo "--- killed in a key gap, and a new container"
curl -sf "$control/faults" -d '{"kind": "hold", "call": "install", "tunnel": "jira", "apply": false}' >/dev/null
in_container /usr/bin/tunnelkeyd rotate jira >/dev/null
curl -sf "$control/wait?call=install&tunnel=jira&count=2&timeout=30" >/dev/null
kill -KILL "$daemon"
wait $container || true
run
wait_for "jira's key is installed" happened rotation.installed jira 2
curl -sf -X POST "$control/release" >/dev/null

echo "--- SIGTERM"
kill -TERM "$daemon"
status=0
wait $container || status=$?
expect "exit status on SIGTERM" $status 0
expect "what it said in the end" "$(jq -Rr 'fromjson? | select(.event == "daemon.stopped") | .message' $log)" "no key gap is open"
for tunnel in jira confluence; do expect "$tunnel is in step" "$(truth $tunnel .in_step)" true; done
# unshare has its own word on a child that was killed.
expect "lines that are no JSON" "$(grep -v '^unshare: ' $log | jq -Rc 'fromjson? // "no"' | grep -cx '"no"' || true)" 0
expect "what it wrote to standard output" "$(cat $place/out)" ""
