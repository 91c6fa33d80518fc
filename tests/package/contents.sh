#!/usr/bin/env bash
# contents.sh BUILD: what is in the packages, with which modes; and that nothing of the folder where they were built is.
source "$(dirname "$0")/lib.sh"

listed() { # DEB: mode, owner and path; directories are all alike
  dpkg-deb -c "$1" | awk '$1 !~ /^d/ { print $1, $2, $6 }' | LC_ALL=C sort -k3
  [ -z "$(dpkg-deb -c "$1" | awk '$1 ~ /^d/ && ($1 != "drwxr-xr-x" || $2 != "root/root")')" ] || fail "$1: a folder with other modes"
}
files() { # PREFIX MODE PATH...
  local path prefix=$1 mode=$2
  shift 2
  for path in "$@"; do echo "$mode root/root ./$prefix$path"; done
}
cd "$source_dir"
diff <({
  files usr/bin/ -rwxr-xr-x tunnelkeyd
  files etc/tunnelkeyd/ -rw-r--r-- config.yaml
  files lib/systemd/system/ -rw-r--r-- $(cd systemd && ls -- *.service *.timer 2>/dev/null)
  files usr/ -rw-r--r-- lib/sysusers.d/tunnelkeyd.conf
  files usr/share/ -rw-r--r-- bash-completion/completions/tunnelkeyd man/man8/tunnelkeyd.8.gz tunnelkeyd/prometheus/alerts.yaml \
    $(cd config && ls config.schema.json 2>/dev/null | sed 's|^|tunnelkeyd/|')
  files usr/share/doc/tunnelkeyd/ -rw-r--r-- CHANGELOG.md README.md changelog.gz copyright docs/*.md \
    examples/config.example.yaml $(cd config && ls examples/*.yaml)
} | LC_ALL=C sort -k3) <(listed "$daemon_deb") || fail "other files than expected in tunnelkeyd"
diff <({
  files usr/bin/ -rwxr-xr-x tunnelkeyd-simulator
  files usr/share/ -rw-r--r-- man/man1/tunnelkeyd-simulator.1.gz doc/tunnelkeyd-simulator/{changelog.gz,copyright}
} | LC_ALL=C sort -k3) <(listed "$simulator_deb") || fail "other files than expected in tunnelkeyd-simulator"

expect "configuration files" "$(dpkg-deb -I "$daemon_deb" conffiles)" /etc/tunnelkeyd/config.yaml
dpkg-deb -f "$daemon_deb" Depends | has 'libssl3.*libyaml-cpp' || fail "it does not depend on its libraries"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for deb in "$daemon_deb" "$simulator_deb"; do dpkg-deb -x "$deb" "$work"; done
cmp "$work/lib/systemd/system/tunnelkeyd.service" systemd/tunnelkeyd.service || fail "the unit is another than the one in the sources"
for program in "$work"/usr/bin/*; do
  file "$program" | has ', stripped' || fail "$program is not stripped"
done
! grep -rlaF -- "$source_dir" "$work" || fail "the folder where it was built is named in these"
