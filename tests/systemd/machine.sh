# Sourced by lib.sh: a machine with a systemd of its own as process 1, booted by systemd-nspawn from an overlay of this
# machine's root.
#
# $root is the machine's /, before it boots and while it runs.

need systemd-nspawn nsenter unshare
go_apart "$0" "$@"

# Its folder lies on a tmpfs that only this namespace has, over a folder that every Debian has.
place=/media
mount -t tmpfs -o mode=0755 tunnelkeyd-test $place
mkdir $place/{upper,work,root}
root=$place/root
mount -t overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" tunnelkeyd-test $root 2>$place/why ||
  skip "no overlay file system here: $(cat $place/why)"

machine=
init=
groups=()
switch_off() {
  # Everything else in this namespace, which has us for its process 1.
  [ $$ -ne 1 ] || kill -KILL -1 2>/dev/null || true
  [ -z "$machine" ] || wait "$machine" 2>/dev/null || true
  local each end=$((SECONDS + 10))
  for each in "${groups[@]}"; do # the kernel empties them in a moment
    until find "$each" -depth -type d -exec rmdir {} + 2>/dev/null || [ $SECONDS -ge $end ]; do sleep 0.02; done
  done
}
trap switch_off EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What this machine has of its own is not the other's business.
clear_root() {
  rm -rf $root/etc/systemd/system/*.wants $root/etc/tunnelkeyd $root/var/lib/tunnelkeyd $root/var/log/journal
  : >$root/etc/machine-id
  ln -sf /lib/systemd/system/multi-user.target $root/etc/systemd/system/default.target
  local unit
  for unit in systemd-udevd.service systemd-udev-trigger.service systemd-logind.service systemd-resolved.service \
    systemd-networkd.service systemd-timesyncd.service console-getty.service getty.target; do
    ln -sfn /dev/null "$root/etc/systemd/system/$unit"
  done
}

# A control group of its own below ours: two machines in one would share what nspawn makes there.
own_group() {
  local hierarchy path group
  while IFS=: read -r _ hierarchy path; do
    case $hierarchy in
      '') group=$(findmnt -rno TARGET -t cgroup2 | head -n 1) ;;
      name=systemd) group=$(findmnt -rno TARGET -t cgroup -O name=systemd | head -n 1) ;;
      *) continue ;;
    esac
    group+=${path%/}/$1
    mkdir "$group" 2>/dev/null && groups+=("$group")
  done </proc/self/cgroup
  [ ${#groups[@]} -gt 0 ] || skip "no control group can be made here"
}

boot() {
  local each
  clear_root
  own_group tunnelkeyd-test-$RANDOM$RANDOM
  (
    for each in "${groups[@]}"; do echo "$BASHPID" >"$each/cgroup.procs"; done
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec systemd-nspawn --quiet --directory=$root --boot --register=no --keep-unit \
      --private-network --link-journal=no --console=pipe "$@"
  ) >$place/console 2>&1 </dev/null &
  machine=$!
  wait_for "process 1 of the machine" has_init
  wait_for "the machine is up" is_up
}
has_init() {
  kill -0 "$machine" 2>/dev/null || fail "the machine did not boot: $(cat $place/console)"
  local namespace
  init=$(pgrep -P "$machine" | head -n 1)
  # Before it there is a helper of nspawn's, which has no such namespace and ends soon.
  [ -n "$init" ] && namespace=$(readlink "/proc/$init/ns/pid") && [ "$namespace" != "$(readlink /proc/self/ns/pid)" ]
}
is_up() { in_machine systemctl is-system-running | has -x -e running -e degraded; }

in_machine() { nsenter -t "${init:?}" -m -u -i -n -p -C -- "$@"; }
