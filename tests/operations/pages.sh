#!/usr/bin/env bash
# Every command that README and the documents show is run, line by line in their order, and succeeds. What stands in blocks with a
# "run:" mark has tests of its own, beside this one; what the documents show after "$ " is compared by commands_page_test.cpp.
source "$(dirname "$0")/lib.sh"

# PAGE: its commands, one a line, without their comments.
commands_of() {
  awk '/^<!-- run: / { marked = 1; next }
       /^```/ { if (inside) inside = marked = 0; else { inside = 1; sh = $0 == "```sh" && !marked }; next }
       inside && sh' "$source_dir/$1" | sed -E 's/ +# .*//; /^$/d'
}

# What only a systemd can show; tests/systemd has one. And what installs and builds: .ci/run does.
is_elsewhere() {
  case $1 in
    "systemctl status "* | "journalctl "* | "sudo usermod "* | "sudo systemd-sysusers") true ;;
    script/* | build/release/* | "cmake "* | "sudo cmake --install "* | "sudo apt "*) true ;;
    "tunnelkeyd-simulator --rehearse "*) true ;; # rehearsal.sh has it
    "sudo install -"*) true ;; # users of their own: the boot test has them
    *) false ;;
  esac
}

# At this host: its socket, its port, its files.
here() {
  sed "s#/run/tunnelkeyd/#$host/run/#g; s#http://127.0.0.1:9847#$(address)#g; s#\./new.yaml#$host/etc/tunnelkeyd/config.yaml#g" <<<"$1"
}
address() { jq -Rr 'fromjson? | select(.event == "health.listening") | "http://" + .address' "$log" | tail -n 1; }

# `run --once` wants the store for itself; what asks a running daemon needs one.
prepare() {
  case $1 in
    *" run --once"* | *"systemctl enable --now "*) systemctl stop ;;
    curl* | *"tunnelkeyd rotate "* | *"tunnelkeyd reload" | *"systemctl reload "*) [ -n "$daemon" ] || systemctl start ;;
  esac
}

run_page() { # PAGE
  local line status
  while read -r line; do
    if is_elsewhere "$line"; then continue; fi
    prepare "$line"
    echo "--- $1: $line"
    status=0
    eval "$(here "$line")" >"$work/said" 2>"$work/complaints" </dev/null || status=$?
    [ $status -eq 0 ] || fail "$1: \"$line\" exits $status: $(cat "$work/said" "$work/complaints")"
    [ "${line#curl}" = "$line" ] || jq -e 'type == "object"' "$work/said" >/dev/null || fail "$1: \"$line\" answers $(cat "$work/said")"
    ran=$((ran + 1))
  done < <(commands_of "$1")
}

begin
ran=0
for page in README.md $(cd "$source_dir" && ls docs/*.md); do
  run_page "$page"
done
systemctl stop
in_step
[ $ran -ge 20 ] || fail "only $ran commands were found: does commands_of still know a block?"
echo "$ran commands"
