#!/usr/bin/env bash
# What the package asks of systemd, which is only played here: a systemctl that notes what it is told. A real one is asked by
# tests/systemd.
source "$(dirname "$0")/lib.sh"
apart "$0" "$@"

rm -f $root/usr/sbin/policy-rc.d
mkdir -p $root/run/systemd/system
cat >$root/usr/bin/systemctl.played <<'PLAYED'
#!/bin/sh
echo "$*" >>/run/told
case "$*" in
  *is-active*) [ -e /run/active ] ;;
  *is-enabled*) echo enabled ;;
  *restart*) touch /run/active; [ ! -e /run/hangs ] ;;
  *start*) touch /run/active ;;
  *stop*) rm -f /run/active ;;
  *preset*) SYSTEMD_OFFLINE=1 /usr/bin/systemctl.real "$@" ;;
esac
PLAYED
chmod +x $root/usr/bin/systemctl.played
mv $root/usr/bin/systemctl $root/usr/bin/systemctl.real
mv $root/usr/bin/systemctl.played $root/usr/bin/systemctl

# Which of start, restart and stop it was told for the daemon, since the last time.
told() {
  grep -oE '\b(start|restart|stop)\b.*tunnelkeyd\.service' $root/run/told | awk '{ print $1 }' | uniq | xargs
  rm -f $root/run/told
}

package -i /root/tunnelkeyd.deb
expect "a new installation" "$(told)" start
make_upgrade
package -i /root/upgrade.deb
expect "an upgrade" "$(told)" restart

echo 'tunnels: nonsense' >>$root/etc/tunnelkeyd/config.yaml
package -i /root/tunnelkeyd.deb
expect "an upgrade with errors in the configuration" "$(told)" ""
tells $log ": tunnels: must be a list"
tells $log "until then the version before goes on"
tells $log "systemctl restart tunnelkeyd"
rm $root/run/active
package -i /root/upgrade.deb
expect "the same, and it does not run" "$(told)" ""
tells $log "until then it is not started, and nothing rotates"

sed -i '$d' $root/etc/tunnelkeyd/config.yaml
touch $root/run/hangs
package -i /root/tunnelkeyd.deb
tells $log "it does not start: see systemctl status tunnelkeyd"
rm $root/run/hangs $root/run/told

mkdir -p $root/usr/local/lib/systemd/system
touch $root/usr/local/lib/systemd/system/tunnelkeyd.service
package -i /root/upgrade.deb
tells $log "/usr/local/lib/systemd/system/tunnelkeyd.service, of an installation from source, comes before"
told >/dev/null

package -r tunnelkeyd
expect "removing" "$(told)" stop
