# Sourced by the tests of TLS beside it, behind operations/lib.sh: authorities, certificates, and real servers that show them. All
# is in $tls, and ends with the test.
need openssl nginx python3
tls=$work/tls
config=$host/etc/tunnelkeyd/config.yaml

servers=()
stop_servers() {
  local pid
  for pid in "${servers[@]}"; do
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  servers=()
}
trap 'stop_servers; clean_up' EXIT

real() { jq -r "$1" "$work/sim/simulator.json"; } # JQ: of the simulated world

begin_with_authority() { # NAME
  begin
  mkdir -p "$tls/issued"
  touch "$tls/index"
  cat >"$tls/ca.cnf" <<CNF
[ca]
default_ca = here
[here]
database = $tls/index
new_certs_dir = $tls/issued
rand_serial = yes
unique_subject = no
policy = anything
copy_extensions = copy
email_in_dn = no
[anything]
commonName = supplied
CNF
  issue "$1" self authority=TRUE
}

# NAME.pem and NAME.key, signed by the authority ISSUER, or by itself where that is "self". FIELD=VALUE changes what follows; days
# are counted from now.
issue() { # NAME ISSUER [FIELD=VALUE...]
  local name=$1 issuer=$2 cn=$1 key=ec bits=2048 names=DNS:localhost from=-1 until=300 digest=sha256 authority=FALSE usage= extension new signer
  shift 2
  [ $# = 0 ] || local "$@"
  extension=()
  [ -z "$names" ] || extension=(-addext "subjectAltName=$names")
  [ -z "$usage" ] || extension+=(-addext "extendedKeyUsage=$usage")
  [ $authority = FALSE ] || extension=(-addext keyUsage=keyCertSign,cRLSign)
  case $key in ec) new=(ec -pkeyopt ec_paramgen_curve:P-256) ;; rsa) new=("rsa:$bits") ;; esac
  openssl req -new -newkey "${new[@]}" -nodes -subj "/CN=$cn" -addext "basicConstraints=critical,CA:$authority" "${extension[@]}" \
    -keyout "$tls/$name.key" -out "$tls/$name.csr" 2>/dev/null
  signer=(-cert "$tls/$issuer.pem" -keyfile "$tls/$issuer.key")
  [ "$issuer" != self ] || signer=(-selfsign -keyfile "$tls/$name.key")
  openssl ca -config "$tls/ca.cnf" -batch -notext "${signer[@]}" -md "$digest" -startdate "$(date -u -d "$from days" +%Y%m%d%H%M%SZ)" \
    -enddate "$(date -u -d "$until days" +%Y%m%d%H%M%SZ)" -in "$tls/$name.csr" -out "$tls/$name.pem" 2>"$tls/issue.log" ||
    fail "$name: $(cat "$tls/issue.log")"
}

# `openssl s_server` that shows CERTIFICATE; sets $port.
serve() { # CERTIFICATE [OPTION...]
  local certificate=$1 log at=127.0.0.1:0
  log=$(mktemp "$tls/served.XXXXXX")
  shift
  if [ "${1:-}" = -at ]; then at=$2 && shift 2; fi
  openssl s_server -accept "$at" -www -cert "$tls/$certificate.pem" -key "$tls/$certificate.key" "$@" >"$log" 2>&1 &
  servers+=($!)
  wait_for "s_server with $certificate listens: $(cat "$log")" grep -q '^ACCEPT' "$log"
  port=$(sed -n 's/^ACCEPT.*:\([0-9]*\).*/\1/p' "$log" | head -n 1)
}

# nginx with these `server` blocks, from standard input (and not from a pipe, whose end is a shell of its own), in the foreground;
# what it was shown is in $tls/shown.log.
serve_nginx() { # PORT
  cat >"$tls/nginx.conf" <<CONF
daemon off; master_process off;
pid $tls/nginx.pid; error_log $tls/nginx.log;
events {}
http {
  log_format shown '\$request_uri \$ssl_client_verify \$ssl_client_serial';
  client_body_temp_path $tls/temp-body; proxy_temp_path $tls/temp-proxy;
  fastcgi_temp_path $tls/temp-fastcgi; uwsgi_temp_path $tls/temp-uwsgi; scgi_temp_path $tls/temp-scgi;
  access_log $tls/shown.log shown;
$(cat)
}
CONF
  nginx -e "$tls/nginx.log" -c "$tls/nginx.conf" 2>>"$tls/nginx.err" &
  servers+=($!)
  listens() { (: <"/dev/tcp/127.0.0.1/$1"); }
  wait_for "nginx listens: $(cat "$tls/nginx.err")" listens "$1"
}
