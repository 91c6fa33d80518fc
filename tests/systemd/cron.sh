#!/usr/bin/env bash
# docs/installation.md's line for cron, with cron's poor environment: what is due is rotated, and the syslog says so.
source "$(dirname "$0")/lib.sh"
source "$source_dir/tests/systemd/document.sh"

install_service
boot
begin_world
in_machine install -d -o tunnelkeyd -g tunnelkeyd -m 0700 /var/lib/tunnelkeyd
line=$(marked "$document" "file: cron")
read -r -a fields <<<"$line"
expect "whose job it is" "${fields[5]}" tunnelkeyd
as_cron() { in_machine setpriv --reuid tunnelkeyd --regid tunnelkeyd --init-groups env -i HOME=/ LOGNAME=tunnelkeyd SHELL=/bin/sh \
  PATH=/usr/bin:/bin /bin/sh -c "$1"; }
command=${line#*" tunnelkeyd "}

said=$(as_cron "$command")
expect "what cron would mail" "$said" ""
in_step
expect "jira's regenerates" "$(truth jira .regenerates)" 1
logged() { in_machine journalctl -q -o cat -t tunnelkeyd | has '"event":"rotation.installed","tunnel":"jira"'; }
wait_for "the syslog has it" logged

fault '{"kind": "hold", "call": "install", "tunnel": "jira"}'
as_cron "/usr/bin/tunnelkeyd run --once --tunnel jira" >$place/first 2>&1 &
first=$!
requests install jira 2
status=0
as_cron "/usr/bin/tunnelkeyd run --once" >$place/second 2>&1 || status=$?
expect "a second run beside the first" "$status" 75
at_world release -X POST >/dev/null
wait $first || fail "the first run: $(cat $place/first)"
in_step
