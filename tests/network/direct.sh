#!/usr/bin/env bash
# direct.sh BUILD: the first set-up of docs/network.md as it stands there: names from the machine, port 443, the machine's trust store.
source "$(dirname "$0")/../support/script.sh"
need ip nginx openssl
go_apart --net "$0" "$@"
source "$(dirname "$0")/../operations/lib.sh"
source "$(dirname "$0")/tls_lib.sh"
document=$source_dir/docs/network.md

# This machine: two names, and a trust store with one authority in it.
ip link set lo up
begin_with_authority authority
issue cloud authority names=DNS:api.atlassian.com
issue jira authority names=DNS:jira.example.com
echo "127.0.0.1 localhost api.atlassian.com jira.example.com" >"$work/hosts"
mkdir "$work/certs"
cp "$tls/authority.pem" "$work/certs"
openssl rehash "$work/certs"
mount --bind "$work/hosts" "$(readlink -f /etc/hosts)" || skip "/etc/hosts cannot be replaced here"
mount --bind "$work/certs" /etc/ssl/certs || skip "/etc/ssl/certs cannot be replaced here"

at_443() { # NAME CERTIFICATE URL
  echo "server { listen 127.0.0.1:443 ssl; server_name $1; ssl_certificate $tls/$2.pem; ssl_certificate_key $tls/$2.key;
    location / { proxy_pass $3; } }"
}
serve_nginx 443 < <(
  at_443 api.atlassian.com cloud "$(real .cloud_url)"
  at_443 jira.example.com jira "$(real '.tunnels[] | select(.name == "jira") | .instance_url' | sed 's|/jira$||')"
)

# The page's configuration, with the organization and the tunnel that there are here.
secrets=$host/etc/tunnelkeyd/secrets
mv "$secrets/jira-token" "$secrets/jira-pat"
{
  marked "$document" "yaml: direct" | sed -E "s#(^|[ :])/etc/#\1$host/etc/#g
    s#0c632b13-d717-4d1f-b895-208a5599d2f2#$(real '.organizations[0].id')#
    s#e5e9e8f0-d429-4cb9-80bc-2f02cb91f587#$(real '.tunnels[] | select(.name == "jira") | .hostname')#"
  printf 'state: {directory: "%s"}\nhealth: {listen: "127.0.0.1:0"}\nlog: {format: json}\n' "$host/var/lib/tunnelkeyd"
} >"$config"

# A variable that was meant for other programs changes nothing.
export HTTPS_PROXY=http://127.0.0.1:1
systemctl start tunnelkeyd
run_block direct >"$work/said" || fail "$(cat "$work/said")"
tunnelkeyd preflight --json >"$work/found.json"
check() { jq -r ".organizations[]?.checks[], .tunnels[].checks[] | select(.check == \"$1\") | .found" "$work/found.json" | head -n 1; }
grep -q "127.0.0.1 port 443" <<<"$(check cloud_connection)" || fail "$(check cloud_connection)"
grep -q "CN=authority" <<<"$(check cloud_tls)" || fail "$(check cloud_tls)"
grep -q "CN=authority" <<<"$(check instance_tls)" || fail "$(check instance_tls)"
tunnelkeyd rotate jira --wait >"$work/said" || fail "$(cat "$work/said")"
expect "jira is in step" "$(truth jira .in_step)" true

# The trust store is read again when it changes.
rm "$work/certs"/*
tunnelkeyd preflight --json >"$work/found.json" && fail "nobody is trusted, and preflight passes" || true
grep -q "issuer is not trusted" <<<"$(check instance_tls)" || fail "$(check instance_tls)"
systemctl stop
