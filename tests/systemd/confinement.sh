#!/usr/bin/env bash
# Whoever takes over the daemon's process finds nothing to write but its state, nothing of its own to run, and few system
# calls. A probe runs in the service's place, under its unit, and tries folders that anybody may write.
source "$(dirname "$0")/lib.sh"
need python3

install_service
install -m 0644 "$source_dir/tests/systemd/probe.py" $root/srv
boot
begin_world
in_machine bash -c 'find / -xdev -maxdepth 4 -type d -not -path "/proc*" -not -path "/sys*" -not -path "/dev*" >/srv/folders
  for at in / /etc /etc/tunnelkeyd /usr /usr/lib /opt /srv /var /var/lib /var/log /var/cache /run /home /root /boot /mnt; do
    mkdir -m 1777 -p $at/open && echo $at/open; done >>/srv/folders
  echo 1 >/home/open/file; echo 1 >/tmp/theirs; chmod 0644 /home/open/file /tmp/theirs; chmod 0755 /srv /root
  chown 54321 /opt/open'

drop_in test <<'UNIT'
[Service]
Type=oneshot
Restart=no
WatchdogSec=0
SystemCallErrorNumber=EPERM
ExecStart=
ExecStart=/usr/bin/python3 -I /srv/probe.py /srv/folders /home/open/file /tmp/theirs /etc/shadow /etc/tunnelkeyd/config.yaml
StandardOutput=truncate:/srv/probe.out
UNIT
in_machine systemctl start tunnelkeyd || fail "the probe does not run: $(cat $root/srv/probe.out)"
expect "what the service can do" "$(cat $root/srv/probe.out)" "can write /run/tunnelkeyd
can write /tmp
can write /var/lib/tunnelkeyd
can write /var/tmp
can read /etc/tunnelkeyd/config.yaml
can use AF_INET"
expect "files of its private /tmp and /var/tmp that are left" \
  "$(in_machine find / -xdev -name tunnelkeyd-probe -not -path '/usr/bin/*')" /var/lib/tunnelkeyd/tunnelkeyd-probe

exposure=$(in_machine systemd-analyze security --no-pager tunnelkeyd | grep -oP 'Overall exposure level[^:]*: \K[0-9.]+')
echo "exposure: $exposure"
awk -v level="$exposure" 'BEGIN { exit !(level <= 1.1) }' || fail "exposed more than 1.1"
