# Sourced by the tests beside it: the commands and the files of docs/installation.md, run and written in the machine.

document=$source_dir/docs/installation.md

# sudo is not needed on every machine that builds this; as `sudo -u` it must not keep root's rights. apt would ask the
# network for what is here already. Pagers are for people.
played='
sudo() { if [ "$1" = -u ]; then setpriv --reuid "$2" --regid "$2" --init-groups --reset-env "${@:3}"; else "$@"; fi; }
apt() { dpkg -i "${@:2}"; }
systemctl() { command systemctl --no-pager "$@"; }
journalctl() { command journalctl --no-pager "$@"; }
'
run_block() { # NAME [INPUT]
  local block
  block=$(marked "$document" "run: $1") # fails here, and not in what follows
  echo "--- $1"
  in_machine bash -euo pipefail -c "cd '$source_dir'; $played $block" <<<"${2:-}" || fail "docs/installation.md's block $1 fails"
}

# The document's configuration, with the simulated world's names in the place of its examples, at the service's place.
write_config() {
  local id hostname url
  id=$(in_machine grep -oP 'name: [^,]*, id: \K[^,]*' /srv/config.yaml | head -n 1)
  hostname=$(truth jira .hostname)
  url=$(truth jira .instance_url)
  marked "$document" "file: config.yaml" | sed -e "s|id: 0c[^,]*|id: $id|; s|e5e9e8f0.*|$hostname|; s|https://jira.example.com/jira|$url|" \
    -e "s|^    instance:|&\n      tls: {ca_file: /etc/tunnelkeyd/ca.pem}|" >"$root/etc/tunnelkeyd/config.yaml"
  in_machine grep -A 3 '^cloud:' /srv/config.yaml | sed 's|/srv/sim|/etc/tunnelkeyd|' >>"$root/etc/tunnelkeyd/config.yaml"
  in_machine install -m 0644 /srv/sim/ca.pem /etc/tunnelkeyd
}
secret() { in_machine cat "/srv/sim/secrets/$1"; } # FILE: of the simulated world

# Before it boots. Where the sources and their build lie on another file system than /, or where the machine has one of its own (as
# on /tmp), it would not see them.
show_sources() {
  mkdir -p "$root/srv/sources" $place/sources-{upper,work}
  mount -t overlay -o "lowerdir=$source_dir,upperdir=$place/sources-upper,workdir=$place/sources-work" sources "$root/srv/sources"
}
# Once it has: where they are for us too, since the build knows its place.
place_sources() {
  in_machine bash -c "[ -e '$source_dir/README.md' ] || { mkdir -p '$source_dir' && mount --bind /srv/sources '$source_dir'; }"
}
