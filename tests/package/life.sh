#!/usr/bin/env bash
# Where systemd does not run, a container or a chroot: the package is installed, upgraded, removed and purged; what it keeps, what it
# deletes, and what it says of keys.
source "$(dirname "$0")/lib.sh"
apart "$0" "$@"
state=/var/lib/tunnelkeyd

echo "=== a new installation"
package -i /root/tunnelkeyd.deb
expect "what is made" "$(modes /etc/tunnelkeyd /etc/tunnelkeyd/config.yaml /etc/tunnelkeyd/secrets $state)" \
  "/etc/tunnelkeyd root:tunnelkeyd 750
/etc/tunnelkeyd/config.yaml root:tunnelkeyd 640
/etc/tunnelkeyd/secrets tunnelkeyd:root 700
$state tunnelkeyd:tunnelkeyd 700"
silent $log "tunnelkeyd: WARNING"
as_daemon tunnelkeyd check >/run/check 2>&1 || fail "the configuration has errors: $(cat /run/check)"
tells /run/check "tunnels: []"
in_root man -w tunnelkeyd >/dev/null || fail "no man page"
in_root test -L /etc/systemd/system/multi-user.target.wants/tunnelkeyd.service || fail "the service does not start with the machine"

echo "=== removed and purged with nothing open"
package -r tunnelkeyd
silent $log "tunnelkeyd: WARNING"
package -P tunnelkeyd
silent $log "tunnelkeyd: WARNING"
left=$(in_root find /etc /var/lib /usr /run -name '*tunnelkeyd*' -newer /root/tunnelkeyd.deb ! -path '*/dpkg/*')
expect "what is left" "$left" ""

echo "=== the way that docs/operations.md shows"
package -i /root/tunnelkeyd.deb
block=$(marked "$source_dir/docs/operations.md" "run: uninstall-package")
in_root bash -euc "sudo() { \"\$@\"; }"$'\n'"$block" >$log 2>&1 <<<y || fail "$(cat $log)"
tells $log "no key gap is open"
silent $log "tunnelkeyd: WARNING"
[ -z "$(in_root getent passwd tunnelkeyd)" ] || fail "the user is left"
in_root test ! -e $state -a ! -e /etc/tunnelkeyd || fail "left: $(in_root find $state /etc/tunnelkeyd)"

echo "=== an upgrade keeps what the administrator made"
package -i /root/tunnelkeyd.deb /root/simulator.deb
begin
open_gap
in_root chmod 0600 /etc/tunnelkeyd/config.yaml
in_root chown tunnelkeyd /etc/tunnelkeyd/config.yaml
echo secret | as_daemon tee /etc/tunnelkeyd/secrets/jira-pat >/dev/null
in_root rm /etc/systemd/system/multi-user.target.wants/tunnelkeyd.service # as systemctl disable does
make_upgrade
before=$(as_daemon tunnelkeyd pending --json)
sum=$(in_root sha256sum /etc/tunnelkeyd/config.yaml $state/state.db $state/sealing.key)
package -i /root/upgrade.deb
tells $log "Unpacking tunnelkeyd (0"
expect "version" "$(in_root dpkg-query -W -f '${Version}' tunnelkeyd | grep -o +later)" +later
expect "the configuration and the state" "$(in_root sha256sum /etc/tunnelkeyd/config.yaml $state/state.db $state/sealing.key)" "$sum"
expect "the open gap" "$(as_daemon tunnelkeyd pending --json | jq -c '.pending[0].key')" "$(jq -c '.pending[0].key' <<<"$before")"
expect "modes" "$(modes /etc/tunnelkeyd/config.yaml)" "/etc/tunnelkeyd/config.yaml tunnelkeyd:tunnelkeyd 600"
in_root test ! -e /etc/systemd/system/multi-user.target.wants/tunnelkeyd.service || fail "the service is enabled again"

echo "=== removing tells of the open gap, and keeps everything"
package -r tunnelkeyd
tells $log "WARNING: key gaps are open"
tells $log "jira"
tells $log "do not purge"
in_root grep -q secret /etc/tunnelkeyd/secrets/jira-pat || fail "the secrets are gone"
expect "the state" "$(in_root sha256sum /etc/tunnelkeyd/config.yaml $state/state.db $state/sealing.key)" "$sum"

echo "=== installed again, it goes on where it was"
package -i /root/tunnelkeyd.deb
in_root test ! -e $state/at-removal || fail "an old note is left"
expect "the open gap" "$(as_daemon tunnelkeyd pending --json | jq -c '.pending[0].key')" "$(jq -c '.pending[0].key' <<<"$before")"

echo "=== errors in the configuration hide no gap from whoever removes and purges"
echo 'nonsense: true' >>$root/etc/tunnelkeyd/config.yaml
package -P tunnelkeyd
tells $log "WARNING: key gaps are open"
tells $log "WARNING: the state that is deleted now had open key gaps"
tells $log "LOST"
expect "in both, the tunnel's name" "$(grep -c '^jira  ' $log)" 2
in_root test ! -e $state -a ! -e /etc/tunnelkeyd || fail "left: $(in_root find $state /etc/tunnelkeyd)"

echo "=== a purge that knows nothing says so"
package -i /root/tunnelkeyd.deb
open_gap
package -r tunnelkeyd
in_root rm $state/at-removal
package -P tunnelkeyd
tells $log "WARNING: nobody knows whether"
