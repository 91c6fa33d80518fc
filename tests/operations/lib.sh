# Sourced by the tests beside it: runs the commands of docs/operations.md, or another $document, against the real daemon, which
# rotates in a simulated world that knows in the end whose key is whose.
#
# A host is a folder that takes the place of /. `$host` is a link to the one that is in use, so that paths in a configuration
# hold when it moves. There is no systemd: `systemctl` is a function here, and so are `sudo` and what only root may.
source "$(dirname "${BASH_SOURCE[0]}")/../support/script.sh"
build=$1
document=$source_dir/docs/operations.md
need curl jq

work=$(mktemp -d)
host=$work/host
log=$work/daemon.log
daemon=
simulator=
touch "$log"
clean_up() {
  for pid in $daemon $simulator; do
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap clean_up EXIT

what_happened() { tail -n 30 "$log"; }

# The simulated world, and this host in it: $tunnels tunnels, due at once and then daily.
begin() {
  mkdir -p "$work"/{sim,host-a}/
  ln -sfn "$work/host-a" "$host"
  mkdir -p "$host"/{root,run,etc/tunnelkeyd,var/lib}
  setsid "$build/tests/simulator/tunnelkeyd-simulator" --directory "$work/sim" --tunnels "${tunnels:-2}" \
    --write-config "$work/config.yaml" --state-directory "$host/var/lib/tunnelkeyd" --every 1d --first now >"$work/simulator.log" 2>&1 &
  simulator=$!
  wait_for "the simulator is there" test -e "$work/sim/simulator.json"
  control=$(jq -r .control_url "$work/sim/simulator.json")
  mv "$work/sim/secrets" "$host/etc/tunnelkeyd/secrets"
  sed -e "s|$work/sim/secrets|$host/etc/tunnelkeyd/secrets|; s|$(readlink "$host")|$host|" \
    -e 's|^defaults:|&\n  retry: {calm: {initial: 50ms, max: 1h}, urgent: {initial: 20ms, max: 500ms}, slow: {initial: 100ms, max: 1s}, settle: 1s}|' \
    "$work/config.yaml" >"$host/etc/tunnelkeyd/config.yaml"
  printf 'health: {listen: "127.0.0.1:0"}\nlog: {format: json}\n' >>"$host/etc/tunnelkeyd/config.yaml"
}

# --- What the document's commands are here.

sudo() { if [ "$1" = -u ]; then shift 2; fi; "$@"; }
chown() { :; }
userdel() { :; }
install() { # without owners
  local words=()
  while [ $# -gt 0 ]; do
    case $1 in -o | -g) shift ;; *) words+=("$1") ;; esac
    shift
  done
  command install "${words[@]}"
}

program() { RUNTIME_DIRECTORY=$host/run "$build/daemon/tunnelkeyd" "$@"; }
tunnelkeyd() {
  local command=$1 config=(--config "$host/etc/tunnelkeyd/config.yaml")
  shift
  case " $* " in *" --config "*) config=() ;; esac
  program "$command" "${config[@]}" "$@"
}
once() { program run --once --config "$host/etc/tunnelkeyd/config.yaml" "$@" >>"$work/once.log" 2>>"$log"; }

systemctl() {
  local how=$1
  shift
  if [ "${1:-}" = --now ]; then
    case $how in enable) how=start ;; disable) how=stop ;; esac
  fi
  case $how in
    start)
      local before
      before=$(count supervisor.started)
      RUNTIME_DIRECTORY=$host/run setsid "$build/daemon/tunnelkeyd" run --config "$host/etc/tunnelkeyd/config.yaml" 2>>"$log" &
      daemon=$!
      started() { [ "$(count supervisor.started)" -gt "$before" ] || ! kill -0 $daemon; }
      wait_for "the daemon starts" started
      kill -0 $daemon 2>/dev/null || { wait $daemon && return 0 || { status=$?; daemon=; return $status; }; } ;;
    stop)
      [ -n "$daemon" ] || return 0
      kill -TERM $daemon
      wait $daemon || fail "the daemon ended with $?"
      daemon= ;;
    reload) tunnelkeyd reload ;;  # as ExecReload= does
    daemon-reload) ;;
    *) fail "systemctl $how is not known here" ;;
  esac
}

# Runs the block of this name in the document, at this host; SED puts other names in the place of its examples.
run_block() { # NAME [SED]
  local block
  block=$(marked "$document" "run: $1")
  block=$(sed -E "s#(^|[ <])(/(etc|var|root|usr)/)#\1$host\2#g; s#-C / #-C $host #g; s#build/release/#$build/#g; ${2:-}" <<<"$block")
  # `rm -r` is among them: nothing of the machine itself may be named.
  [ -z "$(grep -oP '(^|[ <>=])\K/[^ ]*' <<<"$block" | grep -v -e "^$host" -e "^$build/" -e '^/dev/null$')" ] ||
    fail "a path outside of $work: $block"
  echo "--- $1"$'\n'"$block"
  eval "$block"
}

# --- What happened, and what is true.

count() { jq -Rr "fromjson? | select(.event == \"$1\"${2:+ and .tunnel == \"$2\"}) | .event" "$log" | wc -l; }
happened() { [ "$(count "$1" "${2:-}")" -ge "${3:-1}" ]; } # EVENT TUNNEL COUNT
truth() { curl -sf "$control/tunnels/$1" | jq -r "$2"; } # TUNNEL JQ
in_step() {
  for tunnel in jira confluence; do expect "$tunnel is in step" "$(truth $tunnel .in_step)" true; done
}
fault() { curl -sf -X POST "$control/faults" -d "$1" >/dev/null; }
no_faults() { curl -sf -X DELETE "$control/faults" >/dev/null; }
requests() { curl -sf "$control/wait?call=$1&tunnel=$2&count=$3&timeout=30" >/dev/null; } # CALL TUNNEL COUNT: waits
ask() { curl -s "$(jq -Rr 'fromjson? | select(.event == "health.listening") | "http://" + .address' "$log" | tail -n 1)$1"; }
verdict() { ask /healthz | jq -r .status; } # of the daemon on itself
well() { [ "$(verdict)" = ok ]; }
state() { ask /status | jq -r "$1"; } # JQ
