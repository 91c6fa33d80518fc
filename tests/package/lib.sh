# Sourced by the tests beside it. Finds the packages that script/package has made; `apart` gives a place to install them.
source "$(dirname "${BASH_SOURCE[0]}")/../support/script.sh"
packages=$source_dir/build/package
daemon_deb=$(ls "$packages"/tunnelkeyd_*.deb)
simulator_deb=$(ls "$packages"/tunnelkeyd-simulator_*.deb)

tells() { # FILE TEXT: it stands there, however lines are broken
  tr -s '\n ' ' ' <"$1" | has -F -- "$2" || fail "nothing says \"$2\":"$'\n'"$(cat "$1")"
}
silent() { # FILE TEXT
  ! tr -s '\n ' ' ' <"$1" | has -F -- "$2" || fail "something says \"$2\":"$'\n'"$(cat "$1")"
}

# The test goes on where $root is a copy of this machine: what is written there is gone in the end, and the packages that tunnelkeyd
# depends on are there, with dpkg's database. systemd does not run in it.
apart() { # "$0" "$@"
  go_apart "$@"
  root=/run/root
  mount -t tmpfs tmpfs /run
  mkdir /run/root /run/new /run/work
  mount -t overlay overlay -o lowerdir=/,upperdir=/run/new,workdir=/run/work $root 2>/dev/null || skip "no overlay file systems here"
  mount -t tmpfs tmpfs $root/run
  mount -t proc proc $root/proc
  mount --rbind /dev $root/dev
  # As if this machine had never seen it; and no time for the index of man pages.
  in_root dpkg --purge tunnelkeyd tunnelkeyd-simulator >/dev/null 2>&1
  rm -rf $root/etc/tunnelkeyd $root/var/lib/tunnelkeyd $root/usr/local/bin/tunnelkeyd $root/var/lib/man-db/auto-update
  ! in_root getent passwd tunnelkeyd >/dev/null || in_root userdel tunnelkeyd
  cp "$daemon_deb" $root/root/tunnelkeyd.deb
  cp "$simulator_deb" $root/root/simulator.deb
  log=/run/log.txt
}

in_root() { chroot $root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
as_daemon() { in_root setpriv --reuid tunnelkeyd --regid tunnelkeyd --init-groups env STATE_DIRECTORY=/var/lib/tunnelkeyd "$@"; }
package() { in_root dpkg "$@" >$log 2>&1 || fail "dpkg $*: $(cat $log)"; } # what it says is in $log
modes() { in_root stat -c '%n %U:%G %a' "$@"; }

# The same package with a later version, as an upgrade.
make_upgrade() {
  dpkg-deb -R "$daemon_deb" /run/upgrade
  sed -i 's/^Version: .*/&+later/' /run/upgrade/DEBIAN/control
  dpkg-deb -b /run/upgrade $root/root/upgrade.deb >/dev/null
}

# A simulated world with one tunnel, jira, whose instance takes no key.
begin() {
  need curl jq
  in_root install -d -o tunnelkeyd /root/sim
  chmod 0711 $root/root
  as_daemon tunnelkeyd-simulator --directory /root/sim --tunnels 1 --write-config /root/sim/config.yaml >/run/simulator.log 2>&1 &
  wait_for "the simulator is there" test -e $root/root/sim/simulator.json
  curl -sf "$(jq -r .control_url $root/root/sim/simulator.json)/faults" \
    -d '{"call": "install", "tunnel": "jira", "kind": "status", "status": 503, "times": 0}' >/dev/null
}
open_gap() {
  grep -v '^state\|^control' $root/root/sim/config.yaml >$root/etc/tunnelkeyd/config.yaml
  local status=0
  as_daemon tunnelkeyd run --once --tunnel jira --max-wait 1s >/run/once.log 2>&1 || status=$?
  [ $status -eq 1 ] || fail "the gap is not open: $(cat /run/once.log)"
}
