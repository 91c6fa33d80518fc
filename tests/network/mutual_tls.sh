#!/usr/bin/env bash
# mutual_tls.sh BUILD: the private CA and the client certificate of docs/network.md, with a real nginx before an instance: its commands, its
# configurations and its renewal are those that the page shows.
source "$(dirname "$0")/../operations/lib.sh"
source "$(dirname "$0")/tls_lib.sh"
document=$source_dir/docs/network.md
export HOME=$host/root

begin_with_authority corporate
issue clients corporate authority=TRUE
issue jira corporate
gate=$(free_port)
mv "$host/etc/tunnelkeyd/secrets/jira-token" "$host/etc/tunnelkeyd/secrets/jira-pat"

# The page's files are at this host, and jira.example.com is here.
at_home() {
  sed -E "s#/etc/nginx/tls/jira#$tls/jira#; s#/etc/nginx/tls/clients-ca#$tls/clients#; s#(^|[ :])/etc/#\1$host/etc/#g
    s#https://jira.example.com#https://localhost:$gate#; s#listen 443#listen 127.0.0.1:$gate#
    s#http://127.0.0.1:8080#$(real '.tunnels[] | select(.name == "jira") | .instance_url' | sed 's|/jira$||')#
    s#e5e9e8f0-d429-4cb9-80bc-2f02cb91f587#$(real '.tunnels[] | select(.name == "jira") | .hostname')#"
}
# nginx looks for the whole chain of a client: the authority above is trusted, too.
cat "$tls/corporate.pem" >>"$tls/clients.pem"
serve_nginx "$gate" < <(marked "$document" "nginx: mutual-tls" | at_home)

sed '/^defaults:/,$d' "$config" >"$work/head.yaml"
configure() { # what comes behind the organizations, from standard input
  { cat "$work/head.yaml"
    printf 'health: {listen: "127.0.0.1:0"}\nlog: {format: json}\n'
    cat
  } >"$config"
}
check() { jq -r ".tunnels[].checks[] | select(.check == \"$1\") | $2" "$work/found.json"; } # CHECK JQ
examine() { tunnelkeyd preflight jira --json >"$work/found.json" || true; }

# The CA alone: nginx is trusted, and lets nobody in.
marked "$document" "yaml: mutual-tls" | at_home | grep -v client_ >"$work/without.yaml"
configure <"$work/without.yaml"
grep -q "ca_file: /etc/tunnelkeyd/corporate-ca.pem" "$document" || fail "the page's ca_file is another"
systemctl start tunnelkeyd
examine
grep -q "cannot read tls.ca_file $host/etc/tunnelkeyd/corporate-ca.pem: No such file" <<<"$(check instance_tls .found)" || fail "$(check instance_tls .found)"
cp "$tls/corporate.pem" "$work/corporate-ca.pem"
cd "$work"
run_block private-ca >"$work/said" || [ $? = 1 ]
grep -q "No required SSL certificate\|does not accept the client certificate" "$work/said" || fail "nginx was not asked: $(cat "$work/said")"
examine
expect "TLS with the private CA" "$(check instance_tls .result)" passed
grep -q "asks for a client certificate, and goes on without" <<<"$(check instance_tls .found)" || fail "$(check instance_tls .found)"
expect "keys that were made without a client certificate" "$(truth jira .regenerates)" 0

# The certificate, signed by who the page says.
run_block client-key 2>"$work/complaints"
sign() { # NAME: the page's request, or another one for a renewal
  cp "$1" "$tls/request.csr"
  openssl ca -config "$tls/ca.cnf" -batch -notext -cert "$tls/clients.pem" -keyfile "$tls/clients.key" -md sha256 -days 90 \
    -in "$tls/request.csr" -out "$tls/signed.pem" 2>"$tls/issue.log" || fail "$(cat "$tls/issue.log")"
  cat "$tls/signed.pem" "$tls/clients.pem"
}
home=$host/etc/tunnelkeyd/tls
sign "$home/rotator.csr" >"$home/rotator.pem"
expect "mode of the key" "$(stat -c %a "$home/rotator.key")" 600
marked "$document" "yaml: mutual-tls" | at_home >"$work/with.yaml"
configure <"$work/with.yaml"
run_block mutual-tls "s#https://jira.example.com#https://localhost:$gate#; s#curl #curl -sf #" >"$work/said"
grep -q "it was shown CN=tunnelkeyd, issued by CN=clients" <<<"$(tr -s '\n ' ' ' <"$work/said")" || fail "$(cat "$work/said")"
grep -q '"state": *"RUNNING"' "$work/said" || fail "curl was not let in: $(cat "$work/said")"
tunnelkeyd rotate jira --wait >"$work/said" || fail "$(cat "$work/said")"
expect "jira is in step" "$(truth jira .in_step)" true

# A renewal, half of it first: the daemon says so, and goes on by itself.
serial() { openssl x509 -in "$1" -noout -serial | sed 's/.*=//'; }
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=tunnelkeyd -keyout "$home/new.key" -out "$work/new.csr" 2>/dev/null
sign "$work/new.csr" >"$home/new.pem"
renewed=$(serial "$home/new.pem")
cp "$home/rotator.key" "$work/old.key"
cp "$home/new.key" "$home/rotator.key"
examine
grep -q "the key is not that of the certificate in $home/rotator.pem (CN=tunnelkeyd, issued by CN=clients" <<<"$(check instance_tls .found)" ||
  fail "$(check instance_tls .found)"
cp "$work/old.key" "$home/rotator.key"
run_block renew-client-certificate
pid=$daemon
tunnelkeyd rotate jira --wait >"$work/said" || fail "$(cat "$work/said")"
grep -q "/tunnel/token SUCCESS $renewed" "$tls/shown.log" || fail "the renewed certificate was not shown: $(tail -n 3 "$tls/shown.log")"
kill -0 "$pid" || fail "the daemon is another one"
systemctl stop
expect "jira is in step" "$(truth jira .in_step)" true
