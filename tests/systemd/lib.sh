# Sourced by the tests beside it: the service as it is installed, in a machine of its own (machine.sh), with the simulated
# world beside it. The machine's loopback is its own, so the ports are the usual ones.
source "$(dirname "${BASH_SOURCE[0]}")/../support/script.sh"
build=$1
need curl jq

what_happened() { [ -z "${init:-}" ] || in_machine journalctl -q --no-pager -n 40 -o short-precise; }
refused() { # WHAT COMMAND...
  local what=$1
  shift
  ! "$@" >/dev/null 2>&1 || fail "$what"
}

source "$source_dir/tests/systemd/machine.sh"

install_service() {
  DESTDIR=$root cmake --install "$build" --prefix /usr >/dev/null
  prepare
}
# Under a filter that ends the process with the first call that it refuses, where the service is told EPERM: a call that is
# missing from it cannot go unseen.
prepare() {
  install -m 0755 "$build/tests/simulator/tunnelkeyd-simulator" $root/usr/bin
  local unit
  for unit in tunnelkeyd.service tunnelkeyd-once.service; do
    drop_in test $unit <<<$'[Service]\nSystemCallErrorNumber=kill'
  done
}
drop_in() { # NAME [UNIT]: from standard input
  mkdir -p "$root/etc/systemd/system/${2:-tunnelkeyd.service}.d"
  cat >"$root/etc/systemd/system/${2:-tunnelkeyd.service}.d/$1.conf"
  [ -z "${init:-}" ] || in_machine systemctl daemon-reload
}

# The simulated world: two tunnels, jira and confluence.
start_simulator() {
  in_machine systemd-run --quiet --unit=simulator tunnelkeyd-simulator --directory /srv/sim --tunnels 2 \
    --write-config /srv/config.yaml --state-directory /srv/none --every 1d --first now
  wait_for "the simulator is there" in_machine test -e /srv/sim/simulator.json
  control=$(in_machine jq -r .control_url /srv/sim/simulator.json)
}
organization() { in_machine jq -r '.organizations[0].name' /srv/sim/simulator.json; }

# The same, with its configuration as the service's: both are due at once, and then daily.
begin_world() {
  start_simulator
  in_machine systemd-sysusers
  in_machine install -d -g tunnelkeyd -m 0750 /etc/tunnelkeyd
  in_machine mv /srv/sim/secrets /etc/tunnelkeyd/
  in_machine chown -R tunnelkeyd: /etc/tunnelkeyd/secrets
  in_machine install -m 0644 /srv/sim/ca.pem /etc/tunnelkeyd
  local retry="retry: {calm: {initial: 50ms, max: 1h}, urgent: {initial: 20ms, max: 500ms}, settle: 1s}"
  in_machine sed -e '/^state:/d; /^control:/d; s|/srv/sim|/etc/tunnelkeyd|' -e "s|^defaults:|&\n  $retry|" \
    /srv/config.yaml >"$root/etc/tunnelkeyd/config.yaml"
  chmod 0644 "$root/etc/tunnelkeyd/config.yaml"
}

# --- What happened, and what is true.

at_world() { in_machine curl -sf "$control/$1" "${@:2}"; }
truth() { at_world "tunnels/$1" | jq -r "$2"; } # TUNNEL JQ
fault() { at_world faults -X POST -d "$1" >/dev/null; }
requests() { at_world "wait?call=$1&tunnel=$2&count=$3&timeout=30" >/dev/null; } # CALL TUNNEL COUNT: waits
in_step() {
  local each
  for each in jira confluence; do expect "$each is in step" "$(truth $each .in_step)" true; done
}
of_unit() { in_machine systemctl show --value -p "$1" "${2:-tunnelkeyd}"; } # PROPERTY [UNIT]
entries() { in_machine journalctl -q --no-pager -o cat -u tunnelkeyd "$@"; }
count() { entries "EVENT=$1" ${2:+"TUNNEL=$2"} | wc -l; } # EVENT [TUNNEL]
happened() { [ "$(count "$1" "${2:-}")" -ge "${3:-1}" ]; } # EVENT TUNNEL COUNT
is() { [ "$(of_unit "$1" "${3:-}")" = "$2" ]; } # PROPERTY VALUE [UNIT]
verdict() { in_machine curl -s http://127.0.0.1:9847/healthz | jq -r .status; }
well() { [ "$(verdict)" = ok ]; }
is_in_step() { [ "$(truth "$1" .in_step)" = true ]; }
