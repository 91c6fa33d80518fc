#!/usr/bin/env bash
# tunnelkeyd-once.timer: what is due is rotated, also what a machine that was off has missed; beside a daemon nothing happens.
source "$(dirname "$0")/lib.sh"

install_service
drop_in test tunnelkeyd-once.timer <<<$'[Timer]\nRandomizedDelaySec=0'
boot
begin_world
once() { of_unit "$1" tunnelkeyd-once.service; }
wait_for_once() { wait_for "$1" is ActiveState "$2" tunnelkeyd-once.service; }

stamp=$root/var/lib/systemd/timers/stamp-tunnelkeyd-once.timer
mkdir -p "$(dirname "$stamp")"
touch -d '3 hours ago' "$stamp"
in_machine systemctl start tunnelkeyd-once.timer
wait_for "what was missed is made up for" is_in_step jira
wait_for "what was missed is made up for" is_in_step confluence
wait_for_once "the run ends" inactive
expect "how it ended" "$(once Result) $(once ExecMainStatus)" "success 0"
in_step
next=$(in_machine systemctl show --value -p NextElapseUSecRealtime tunnelkeyd-once.timer)
[ $(($(date -d "$next" +%s) - $(date +%s))) -le 3600 ] || fail "the next run is not within the hour: $next"
expect "regenerates" "$(truth jira .regenerates)" 1

# A run that fails is a failed unit.
fault '{"kind": "status", "status": 503, "call": "install", "tunnel": "jira", "times": 0}'
drop_in words tunnelkeyd-once.service <<<'[Service]
ExecStart=
ExecStart=/usr/bin/tunnelkeyd run --once --tunnel jira --max-wait 1s'
refused "a run with an open gap succeeds" in_machine systemctl start tunnelkeyd-once.service
expect "a run with an open gap" "$(once ActiveState) $(once ExecMainStatus)" "failed 1"
at_world faults -X DELETE >/dev/null
rm $root/etc/systemd/system/tunnelkeyd-once.service.d/words.conf
in_machine systemctl daemon-reload
in_machine systemctl start tunnelkeyd-once.service || fail "the next run does not close the gap"
in_step

in_machine systemctl start tunnelkeyd
expect "the timer, once the daemon is started" "$(of_unit ActiveState tunnelkeyd-once.timer)" inactive
refused "a run beside the daemon succeeds" in_machine systemctl start tunnelkeyd-once.service
expect "a run beside the daemon" "$(once ExecMainStatus)" 75
expect "the daemon beside a run" "$(of_unit ActiveState)" active
in_machine tunnelkeyd reload >/dev/null || fail "the daemon cannot be asked any more"
in_machine systemctl start tunnelkeyd-once.timer
wait_for "the timer stops the daemon" is ActiveState inactive

# Both units give the program the same place.
box() { sed -n '/^# It reads its configuration/,/^\[Install\]/p' "$root/usr/lib/systemd/system/$1" | grep -v '^\[Install\]\|^$'; }
diff <(box tunnelkeyd.service) <(box tunnelkeyd-once.service) || fail "the two units confine it differently"
[ "$(box tunnelkeyd.service | wc -l)" -gt 30 ] || fail "nothing was compared"
