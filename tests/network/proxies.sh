#!/usr/bin/env bash
# What docs/network.md says of forward proxies, with the real Squid and the real Tinyproxy: rotations go through them, with a
# login and without, and instances' requests do not; what the proxies refuse is told as theirs, and touches no key.
source "$(dirname "$0")/../operations/lib.sh"
document=$source_dir/docs/network.md
login=rotator
password=proxy-s3cr3t
PATH=$PATH:/usr/sbin
squid_login=/usr/lib/squid/basic_ncsa_auth
need squid tinyproxy openssl ss "$squid_login"

# The proxies write into a folder of theirs, as an unprivileged user.
folder=$(mktemp -d)
proxies=()
stop_proxies() { # Squid is given the second in which it ends its helpers
  for pid in "${proxies[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${proxies[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap 'stop_proxies; clean_up' EXIT
unprivileged=()
if [ "$(id -u)" = 0 ]; then
  command chown nobody "$folder"
  unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
what_happened() { tail -n 20 "$log" "$work"/said "$folder"/*.log; }

listens() { [ -n "$(ss -Hltn "sport = :$1")" ]; }

# Each lets CONNECT through to the cloud's port and to port 1, where nobody listens, and keeps its access log.
run_proxy() { # NAME COMMAND...
  local name=$1
  shift
  chmod -R o+r "$folder"
  "${unprivileged[@]}" "$@" >"$folder/$name.log" 2>&1 &
  proxies+=($!)
  wait_for "$name listens" listens "${port[$name]}"
}
squid() { # NAME [auth]
  local name=$1 who=all
  port[$name]=$(free_port)
  {
    if [ -n "${2:-}" ]; then
      who=known
      printf '%s\n' "auth_param basic program $squid_login $folder/users" "acl known proxy_auth REQUIRED"
    fi
    printf '%s\n' "http_port 127.0.0.1:${port[$name]}" "pid_filename none" "pinger_enable off" "netdb_filename none" \
      "cache deny all" "coredump_dir $folder" "shutdown_lifetime 1 seconds" \
      "cache_log $folder/$name.cache.log" "access_log stdio:$folder/$name.access.log" \
      "acl cloud port $cloud_port 1" "http_access deny !cloud" "http_access allow $who" "http_access deny all"
  } >"$folder/$name.conf"
  run_proxy "$name" "$(type -P squid)" -N -f "$folder/$name.conf"
}
tinyproxy() { # NAME [auth]
  local name=$1
  port[$name]=$(free_port)
  {
    if [ -n "${2:-}" ]; then echo "BasicAuth $login $password"; fi
    printf '%s\n' "Port ${port[$name]}" "Listen 127.0.0.1" "LogFile \"$folder/$name.access.log\"" "LogLevel Connect" \
      "ConnectPort $cloud_port" "ConnectPort 1"
  } >"$folder/$name.conf"
  run_proxy "$name" "$(type -P tinyproxy)" -d -c "$folder/$name.conf"
}
passed() { grep -c "CONNECT localhost:$2" "$folder/$1.access.log" || true; } # NAME PORT: requests

# --- The daemon's side.

config() { echo "$host/etc/tunnelkeyd/config.yaml"; }
use_proxy() { # YAML [CLOUD_PORT]: the cloud's proxy, and another port for the cloud
  sed -i -E "/^  proxy: /d; s|^cloud:|&\n  proxy: $1|; s|^(  url: \"?https://localhost:)[0-9]+|\1${2:-$cloud_port}|" "$(config)"
}
of() { echo "{url: \"http://127.0.0.1:${port[$1]}\"${2:+, username: $login, password: {file: $2\}}}"; } # NAME [PASSWORD_FILE]
checked() { jq -r --arg check "$1" '.tunnels[0].checks[] | select(.check == $check) | '"$2" "$work/said"; } # CHECK JQ
examine() { tunnelkeyd preflight jira --json >"$work/said" 2>>"$log" || true; }

rotates_through() { # NAME
  local through direct
  through=$(passed "$1" "$cloud_port")
  once --tunnel jira || fail "no rotation through $1"
  in_step
  [ "$(passed "$1" "$cloud_port")" -gt "$through" ] || fail "$1 has not been asked for the cloud"
  for direct in $instance_ports; do
    expect "requests for the instance at $1" "$(passed "$1" "$direct")" 0
  done
  examine
  expect "cloud_proxy by $1" "$(checked cloud_proxy .result)" passed
  expect "instance_proxy by $1" "$(checked instance_proxy .found)" "no proxy: none is configured"
}

# The preflight fails where it should, and a rotation changes nothing.
is_refused() { # NAME CHECK TEXT REMEDY
  local made
  examine
  expect "$1: $2" "$(checked "$2" .result)" failed
  [[ $(checked "$2" .found) == *"the proxy http://127.0.0.1:"*"$3"* ]] || fail "$1: not \"$3\": $(checked "$2" .found)"
  [[ $(checked "$2" .remedy) == *"$4"* ]] || fail "$1: not \"$4\": $(checked "$2" .remedy)"
  made=$(truth jira .regenerates)
  if once --tunnel jira; then fail "a rotation passed: $1"; fi
  expect "new keys after $1" "$(truth jira .regenerates)" "$made"
  expect "unknowns after $1" "$(count rotation.unknown)" 0
}

begin
declare -A port
cloud_port=$(jq -r .cloud_url "$work/sim/simulator.json" | grep -oE '[0-9]+$')
instance_ports=$(jq -r '.tunnels[].instance_url' "$work/sim/simulator.json" | grep -oP ':\K[0-9]+' | sort -u)
echo "$login:$(openssl passwd -apr1 $password)" >"$folder/users"
secrets=$host/etc/tunnelkeyd/secrets
(umask 077 && echo "$password" >"$secrets/right" && echo wrong >"$secrets/wrong")
squid squid
squid squid-login auth
tinyproxy tinyproxy
tinyproxy tinyproxy-login auth

for name in squid tinyproxy; do
  echo "--- $name"
  use_proxy "$(of $name)"
  rotates_through $name
  use_proxy "$(of $name-login "$secrets/right")"
  rotates_through $name-login
  use_proxy "$(of $name-login)"
  is_refused "$name without its password" cloud_proxy "wants a login (HTTP 407)" "proxy.username"
  use_proxy "$(of $name-login "$secrets/wrong")"
  is_refused "$name with a wrong password" cloud_proxy "does not accept the user name and password" "proxy.password"
  use_proxy "$(of $name)" 2
  is_refused "$name that does not allow this" cloud_proxy "does not let this machine through to localhost:2 (HTTP 403" "its rules"
  use_proxy "$(of $name)" 1
  is_refused "$name with a cloud that is down" cloud_proxy "does not reach localhost:1 (HTTP 50" "that this is up"
done
port[nobody]=$(free_port)
use_proxy "$(of nobody)"
is_refused "a proxy that is down" cloud_connection "cannot connect to 127.0.0.1" "cloud.proxy has the right port"
use_proxy "$(of squid-login "$secrets/none")"
examine
expect "a password's file that is missing" "$(checked cloud_proxy .result)" failed
if once --tunnel jira; then fail "a rotation passed without the proxy's password"; fi
failed_at=$(jq -Rr 'fromjson? | select(.event == "preflight.failed") | .check' "$log" | tail -n 1)
expect "a preflight that fails for the password" "$failed_at" secret

# --- The page: a running daemon is given a proxy, and then finds it in its environment.
use_proxy none
systemctl start tunnelkeyd
before=$(passed squid-login "$cloud_port")
sed -i '/^  proxy: none$/d' "$(config)"
page=$(marked "$document" "yaml: proxy" | sed '/^cloud:$/d')
page=$(sed "s|proxy.corp.example:3128|127.0.0.1:${port[squid-login]}|; s|username: tunnelkeyd|username: $login|" <<<"$page")
page=${page//\/etc\//$host/etc/}
sed -i "s|^cloud:|&\n${page//$'\n'/\\n}|" "$(config)"
run_block proxy <<<"$password"
tunnelkeyd rotate jira --wait >/dev/null
[ "$(passed squid-login "$cloud_port")" -gt "$before" ] || fail "the reload has not taken the proxy"
systemctl stop tunnelkeyd

eval "lib_$(declare -f systemctl)"
systemctl() { # the drop-in's environment is the service's
  [ "$1" = restart ] || { lib_systemctl "$@"; return; }
  lib_systemctl stop
  sed -n 's/^Environment=/export /p' "$host/etc/systemd/system/tunnelkeyd.service.d/proxy.conf" >"$work/environment"
  source "$work/environment"
  lib_systemctl start
  unset HTTPS_PROXY NO_PROXY
}
sed -i "/^  proxy:/,/^    password:/d" "$(config)"
systemctl start tunnelkeyd
before=$(passed tinyproxy-login "$cloud_port")
run_block proxy-environment \
  "s|http://proxy.corp.example:3128|http://$login:${password/-/%2d}@127.0.0.1:${port[tinyproxy-login]}|; s|localhost,|localhost.example,|"
tunnelkeyd rotate confluence --wait >/dev/null
[ "$(passed tinyproxy-login "$cloud_port")" -gt "$before" ] || fail "the environment's proxy was not used"
tunnelkeyd preflight jira --json >"$work/said"
expect "what the daemon's environment says" "$(checked cloud_proxy .found | sed 's/ connects.*//')" \
  "http://127.0.0.1:${port[tinyproxy-login]} (\$HTTPS_PROXY)"
systemctl stop tunnelkeyd
in_step

# --- A bad variable is known before the night, and no password is told to anybody.
for bad in "socks5://$login:$password@127.0.0.1:1080" "http://$login:$password@proxy"; do
  for command in check "run --once"; do
    status=0
    HTTPS_PROXY=$bad program $command --config "$(config)" >>"$work/said" 2>"$work/complaints" || status=$?
    expect "$command with HTTPS_PROXY=$bad" $status 78
    grep -q 'HTTPS_PROXY .*write http://HOST:PORT' "$work/complaints" || fail "no remedy: $(cat "$work/complaints")"
    cat "$work/complaints" >>"$work/said"
  done
done
export HTTPS_PROXY=socks5://$login:$password@127.0.0.1:1080
use_proxy none
systemctl start tunnelkeyd
use_proxy environment
if tunnelkeyd reload >>"$work/said" 2>"$work/complaints"; then fail "a reload takes a variable that cannot be used"; fi
grep -q 'HTTPS_PROXY .*write http://HOST:PORT' "$work/complaints" || fail "no remedy: $(cat "$work/complaints")"
tunnelkeyd rotate jira --wait >/dev/null || fail "the configuration before a reload that failed does not count"
systemctl stop tunnelkeyd
HTTPS_PROXY=http://$login:$password@127.0.0.1:1 program check --config "$(config)" >>"$work/said"
grep -q '^# by this environment, cloud.proxy: http://127.0.0.1:1 ($HTTPS_PROXY)$' "$work/said" || fail "check does not tell the proxy"
if grep -rl "$password" "$log" "$work/said" "$work/once.log"; then fail "the proxy's password was told"; fi
