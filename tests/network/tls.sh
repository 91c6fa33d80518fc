#!/usr/bin/env bash
# tls.sh BUILD: every way in which TLS goes wrong, with real servers (openssl s_server, nginx): what `tunnelkeyd preflight` says of each
# names what is wrong, with which certificate, and what to do; and a client certificate that is refused changes nothing, or keeps the key.
source "$(dirname "$0")/../operations/lib.sh"
source "$(dirname "$0")/tls_lib.sh"

begin_with_authority corporate
secrets=$host/etc/tunnelkeyd/secrets
jira=$(real '.tunnels[] | select(.name == "jira") | .instance_url')

issue department corporate authority=TRUE
issue old corporate authority=TRUE from=-50 until=-5
issue stranger self authority=TRUE
issue good corporate names=DNS:localhost,IP:127.0.0.1,IP:::1
issue rotator corporate names=DNS:rotator
issue impostor stranger names=DNS:impostor
issue outdated corporate names=DNS:outdated from=-50 until=-5
chmod 600 "$tls"/*.key
client() { echo ", client_certificate: $tls/$1.pem, client_key: $tls/$1.key"; } # NAME

# Hears what a client says first, answers with TEXT in the clear, and hangs up; sets $port.
answer() { # TEXT
  : >"$work/answers"
  python3 -c 'import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    with server.accept()[0] as client:
        client.recv(65536)
        client.sendall(sys.argv[1].encode())' "$1" >"$work/answers" &
  servers+=($!)
  wait_for "one that speaks no TLS listens" test -s "$work/answers"
  port=$(cat "$work/answers")
}

# --- One tunnel a case, and one preflight of all of them.

cases=()
: >"$work/tunnels"
add() { # CASE HOST [TLS SETTING...]: at $port, and with $ca for its ca_file where that is set
  cases+=("$1")
  printf '  - {name: %s, hostname: %s, instance: {url: "https://%s:%s/%s", auth: {bearer: {file: %s/jira-token}}, tls: {ca_file: "%s"%s}}}\n' \
    "$1" "${1//_/-}" "$2" "$port" "$1" "$secrets" "${ca:-$tls/corporate.pem}" "${3:-}" >>"$work/tunnels"
}
with() { # CASE [FIELD=VALUE...]: a server of localhost with such a certificate of the corporate authority
  local name=$1
  shift
  issue "$name" corporate "$@"
  serve "$name" -cipher DEFAULT@SECLEVEL=0
  add "$name" localhost
}

serve good && add accepted localhost && add literal_v4 127.0.0.1
literal_v6=
if grep -q '^0*1 .* lo$' /proc/net/if_inet6 2>/dev/null; then
  literal_v6=literal_v6
  serve good -at '[::1]:0' && add literal_v6 '[::1]'
fi
issue wrong_address corporate names=DNS:127.0.0.1,IP:192.0.2.7 && serve wrong_address && add wrong_address 127.0.0.1
with other_name names=DNS:jira.internal.example && add named localhost ", server_name: jira.internal.example"
with common_name cn=localhost names=
with mail_only cn=localhost names=email:localhost@example.com
with expired from=-50 until=-5
with from_the_future from=5
with clients_only usage=clientAuth
with rsa_1024 key=rsa bits=1024
with sha_1 digest=sha1
issue alone self && serve alone && add alone localhost
issue unknown stranger && serve unknown && add unknown localhost
issue incomplete department && serve incomplete && add incomplete localhost
serve incomplete -cert_chain "$tls/department.pem" && add complete localhost
issue below_old old && serve below_old -cert_chain "$tls/old.pem" && add below_old localhost
for version in 1 1_1; do serve good -tls$version -cipher DEFAULT@SECLEVEL=0 && add "tls$version" localhost; done
serve good -tls1_2 && add too_old localhost ', min_version: "1.3"'
for version in 1_2 1_3; do
  serve good -tls$version -Verify 1 -verify_return_error -CAfile "$tls/corporate.pem"
  add "missing_$version" localhost
  for name in rotator impostor outdated; do add "${name}_$version" localhost "$(client $name)"; done
done
add mixed_up localhost ", client_certificate: $tls/rotator.pem, client_key: $tls/impostor.key"
for name in absent secret; do add "${name}_key" localhost ", client_certificate: $tls/rotator.pem, client_key: $tls/$name.key"; done
cp "$tls/rotator.key" "$tls/secret.key" && chmod 000 "$tls/secret.key"
openssl x509 -in "$tls/rotator.pem" -outform der -out "$tls/rotator.der"
add der_client localhost ", client_certificate: $tls/rotator.der, client_key: $tls/rotator.key"

# What may stand in the place of a ca_file.
serve good
mkdir "$tls/authorities"
openssl x509 -in "$tls/corporate.pem" -outform der -out "$tls/our ca.der"
openssl crl2pkcs7 -nocrl -certfile "$tls/corporate.pem" -out "$tls/ca.p7b"
: >"$tls/empty.pem"
sed 5d "$tls/corporate.pem" >"$tls/torn.pem"
cp "$tls/corporate.pem" "$tls/hidden.pem" && chmod 000 "$tls/hidden.pem"
while read -r name file; do ca="$tls/$file" add "$name" localhost; done <<'FILES'
der_ca our ca.der
pkcs7_ca ca.p7b
empty_ca empty.pem
key_ca corporate.key
torn_ca torn.pem
directory_ca authorities
hidden_ca hidden.pem
absent_ca absent.pem
FILES
answer $'HTTP/1.1 400 Bad Request\r\n\r\n' && add plain_http localhost
answer '' && add cut_off localhost

head_of() { sed '/^tunnels:/,$d' "$config" && echo 'log: {format: json}'; }
{ head_of; echo "tunnels:"; cat "$work/tunnels"; } >"$work/matrix.yaml"
# Root alone reads what nobody may: so not with that power.
bound=()
[ "$(id -u)" != 0 ] || bound=(setpriv --bounding-set=-dac_override,-dac_read_search)
examine() { # FILE OF A CONFIGURATION
  RUNTIME_DIRECTORY=$host/run "${bound[@]}" "$build/daemon/tunnelkeyd" preflight --json --config "$1"
}
examine "$work/matrix.yaml" >"$work/matrix.json" 2>"$work/complaints" || [ $? = 1 ] || fail "$(cat "$work/complaints")"
expect "cases that were examined" "$(jq '.tunnels | length' "$work/matrix.json")" ${#cases[@]}

checked=0
line() { jq -r ".tunnels[] | select(.tunnel == \"$1\").checks[] | select(.check == \"instance_tls\") | $2" "$work/matrix.json"; } # CASE JQ
says() { # CASE RESULT WORDS... [-> WORDS...]: regular expressions, of what is found and behind the arrow of the remedy
  local name=$1 in=found word
  expect "$name" "$(line "$name" .result)" "$2"
  shift 2
  for word in "$@"; do
    if [ "$word" = "->" ]; then in=remedy && continue; fi
    grep -qE -- "$word" <<<"$(line "$name" .$in)" || fail "$name: no \"$word\" in its $in: $(line "$name" '.found, .remedy')"
  done
  [ "$in" = remedy ] || [ "$(line "$name" .result)" != failed ] || fail "$name has no remedy"
  checked=$((checked + 1))
}
day='20[0-9]{2}-[0-9]{2}-[0-9]{2}'
dates="valid from $day until $day"
for name in accepted literal_v4 $literal_v6 named complete; do says $name passed 'TLSv1.3' 'CN=corporate until'; done
says wrong_address failed 'is not for 127.0.0.1, but for 127.0.0.1, 192.0.2.7 \(CN=wrong_address, issued by CN=corporate, ' "$dates" '->' 'tls.server_name'
says other_name failed 'certificate is not for localhost, but for jira.internal.example' "CN=other_name, issued by CN=corporate, $dates" '->' 'server_name'
for name in common_name mail_only; do
  says $name failed "has no host among its alternative names \(CN=localhost, issued by CN=corporate, $dates" '->' 'subjectAltName=DNS:localhost'
done
says expired failed "has expired \(CN=expired, issued by CN=corporate, $dates" '->' 'renew it on the server'
says from_the_future failed "is not valid yet \(CN=from_the_future, issued by CN=corporate, $dates" '->' 'clocks'
says clients_only failed "certificate is not for TLS servers \(CN=clients_only, issued by CN=corporate, $dates" '->' 'extendedKeyUsage=serverAuth'
says rsa_1024 failed "key is too weak, 1024 bits \(CN=rsa_1024, issued by CN=corporate, $dates" '->' '2048 bits'
says sha_1 failed "signature is too weak, .*SHA1 \(CN=sha_1, issued by CN=corporate, $dates" '->' 'SHA-256'
says alone failed "is self-signed \(CN=alone, issued by CN=alone, $dates" '->' 'tls.ca_file'
says unknown failed "issuer is not trusted \(CN=unknown, issued by CN=stranger, $dates" '->' 'tls.ca_file'
says incomplete failed "issuer is not trusted \(CN=incomplete, issued by CN=department, $dates" '->' 'send its intermediate certificates'
says below_old failed "has expired \(CN=old, issued by CN=corporate, $dates" '->' "this authority's certificate"
for name in tls1 tls1_1; do says $name failed 'no version of TLS that is allowed here, which is 1.2 or newer' '->' 'tls.min_version'; done
says too_old failed 'no version of TLS that is allowed here, which is 1.3 or newer' '->' 'tls.min_version'
says plain_http failed 'does not speak TLS at this port' '->' 'right port'
says cut_off failed 'the server broke the handshake off' '->' 'speaks TLS at this port'
says absent_key failed "cannot read tls.client_key $tls/absent.key: No such file" '->' 'correct the path'
says secret_key failed "cannot read tls.client_key $tls/secret.key: Permission denied" '->' "let the daemon's user read it .*namei -l $tls/secret.key"
says der_client failed "tls.client_certificate $tls/rotator.der: it is DER, not PEM" '->' 'openssl x509 -inform der'
says der_ca failed "tls.ca_file $tls/our ca.der: it is DER, not PEM" '->' "openssl x509 -inform der -in '$tls/our ca.der' -out '$tls/our ca.der.pem'"
says pkcs7_ca failed "tls.ca_file $tls/ca.p7b: it is PKCS #7" '->' 'openssl pkcs7 -print_certs'
says empty_ca failed "tls.ca_file $tls/empty.pem: it is empty" '->' 'as PEM'
says key_ca failed "tls.ca_file $tls/corporate.key: it holds a private key, and no certificate" '->' 'name the file that holds the certificate'
says torn_ca failed "tls.ca_file $tls/torn.pem: a certificate in it cannot be read" '->' 'get it anew'
says directory_ca failed "cannot read tls.ca_file $tls/authorities: Not a regular file" '->' 'name a file'
says hidden_ca failed "cannot read tls.ca_file $tls/hidden.pem: Permission denied" '->' "let the daemon's user read it"
says absent_ca failed "cannot read tls.ca_file $tls/absent.pem: No such file" '->' 'correct the path'
says mixed_up failed "$tls/impostor.key" "not that of the certificate in $tls/rotator.pem \(CN=rotator, issued by CN=corporate, $dates" '->' 'put the two there that belong together'
for version in 1_2 1_3; do
  says missing_$version failed 'wants a client certificate, and none is configured' 'takes those issued by CN=corporate' '->' 'tls.client_certificate'
  says rotator_$version passed "it was shown CN=rotator, issued by CN=corporate, $dates"
  says impostor_$version failed "refuses the client certificate \(CN=impostor, issued by CN=stranger, $dates" 'takes those issued by CN=corporate' '->' '.'
  says outdated_$version failed "refuses the client certificate \(CN=outdated, issued by CN=corporate, $dates" 'has expired' '->' 'renew it'
done
expect "cases that were checked" $checked ${#cases[@]}
echo "$checked cases"

# The commands that are told do what they say.
for name in der_ca pkcs7_ca; do
  eval "$(line $name .remedy | grep -o 'openssl .*')"
done
sed "s|\($tls/our ca.der\)\"|\1.pem\"|; s|\($tls/ca.p7b\)\"|\1.pem\"|" "$work/matrix.yaml" >"$work/converted.yaml"
examine "$work/converted.yaml" >"$work/matrix.json" || true
for name in der_ca pkcs7_ca; do expect "$name, converted" "$(line $name .result)" passed; done
stop_servers

# --- nginx ends the handshake, whatever it is shown, and answers with a page.

gate=$(free_port)
behind() { # TLS VERSION
  serve_nginx "$gate" <<CONF
  server {
    listen 127.0.0.1:$gate ssl;
    ssl_protocols TLSv$1;
    ssl_certificate $tls/good.pem;
    ssl_certificate_key $tls/good.key;
    ssl_client_certificate $tls/corporate.pem;
    ssl_verify_client on;
    location / { proxy_pass ${jira%/jira}; }
  }
CONF
}
only_jira() { # FILE URL [TLS SETTING...] [PREFLIGHT]
  { head_of; printf 'tunnels:\n  - {name: jira, hostname: %s, instance: {url: "%s", auth: {bearer: {file: %s/jira-token}}, tls: {ca_file: %s/corporate.pem%s}%s}}\n' \
    "$(real '.tunnels[] | select(.name == "jira") | .hostname')" "$2" "$secrets" "$tls" "${3:-}" "${4:-}"; } >"$1"
}
found() { jq -r ".tunnels[].checks[] | select(.check == \"$1\") | $2" "$work/gate.json"; } # CHECK JQ
for version in 1.2 1.3; do
  behind $version
  for name in none rotator impostor outdated; do
    settings=
    [ $name = none ] || settings=$(client $name)
    only_jira "$work/gate.yaml" "https://localhost:$gate/jira" "$settings"
    program preflight --json --config "$work/gate.yaml" >"$work/gate.json" 2>"$work/complaints" || [ $? = 1 ] || fail "$(cat "$work/complaints")"
    expect "TLS $version of nginx with $name" "$(found instance_tls .result)" "$([ $name = outdated ] && echo warning || echo passed)"
    if [ $name = rotator ]; then
      expect "who logs in with $name" "$(found credentials .result)" passed
    else
      expect "nginx with $name" "$(found instance_state .result)" failed
      grep -q "does not accept the client certificate.*HTTP 400" <<<"$(found instance_state .found)" || fail "$name: $(found instance_state .found)"
      grep -q "instance.tls.client_certificate" <<<"$(found instance_state .remedy)" || fail "$name: $(found instance_state .remedy)"
    fi
  done
  stop_servers
done

# --- What a refused client certificate means for a rotation.

run_once() { program run --once --tunnel jira --max-wait 1s --config "$1" >"$work/once.log" 2>>"$log" || once_exit=$?; }
regenerates() { truth jira .regenerates; }
before=$(regenerates)

once_exit=0
serve good -tls1_3 -Verify 1 -verify_return_error -CAfile "$tls/corporate.pem"
only_jira "$work/call1.yaml" "$jira" ""
sed -i "s|tls: {ca_file: $tls/corporate.pem}|tls: {ca_file: $work/sim/ca.pem}|; s|^  url: .*|  url: https://localhost:$port|; s|^  tls: .*|  tls: {ca_file: $tls/corporate.pem$(client impostor)}|" "$work/call1.yaml"
run_once "$work/call1.yaml"
expect "exit of a run whose call 1 is refused" $once_exit 1
happened rotation.refused jira || fail "call 1 was not refused"
grep -q 'refuses the client certificate (CN=impostor' "$log" || fail "the refusal does not name the certificate"
expect "keys that were made" "$(regenerates)" "$before"
expect "keys that are kept" "$(program pending --json --config "$work/call1.yaml" 2>/dev/null | jq '.pending | length')" 0
stop_servers

once_exit=0
serve good -at "127.0.0.1:$gate" -tls1_3 -Verify 1 -verify_return_error -CAfile "$tls/corporate.pem"
only_jira "$work/call2.yaml" "https://localhost:$gate/jira" "$(client impostor)" ", preflight: {status: false, credentials: false}"
run_once "$work/call2.yaml"
expect "exit of a run whose call 2 is refused" $once_exit 1
happened install.credentials_refused jira || fail "call 2 is not a refused credential: $(tail -n 3 "$log")"
expect "keys that were made" "$(regenerates)" $((before + 1))
stop_servers

# The same by nginx, which has no alert for it; and then the renewed certificate comes into the place of the wrong one.
once_exit=0
refusals=$(count install.credentials_refused jira)
behind 1.3
run_once "$work/call2.yaml"
happened install.credentials_refused jira $((refusals + 1)) || fail "nginx's refusal of call 2 is not a refused credential: $(tail -n 3 "$log")"
cp "$tls/rotator.pem" "$tls/impostor.pem" && cp "$tls/rotator.key" "$tls/impostor.key"
once_exit=0
run_once "$work/call2.yaml"
expect "exit with the right client certificate" $once_exit 0
expect "keys that were made" "$(regenerates)" $((before + 1))
expect "jira is in step" "$(truth jira .in_step)" true
