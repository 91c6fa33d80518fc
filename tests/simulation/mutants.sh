#!/usr/bin/env bash
# mutants.sh BUILD_DIR [LAST_SEED]: is each deliberate bug seen by the simulation? A line for each, with the first seed that
# sees it and what it says.
set -euo pipefail
figures=${TUNNELKEYD_FIGURES:-}
unset TUNNELKEYD_FIGURES  # the mutants' own are of no interest
mutants=$1/tests/simulation/mutants
last=${2:-200}

seen_by() {
  local found
  if found=$("$1" --find --seeds "1-$2"); then
    found=$(head -n 1 <<<"$found")
  else
    found="NOT SEEN in $2 seeds"
  fi
  printf '%-42s %s\n' "$(basename "$1" | sed 's/^mutant_//; s/_/ /g')" "$found"
}
export -f seen_by

# What a failure shows: what led to it, and how to see it again.
shown=$("$mutants/mutant_never_confirms" --seeds 1 || true)
grep -q "BROKEN: " <<<"$shown" && grep -q "to see it again: .*mutant_never_confirms --seeds 1" <<<"$shown" ||
  { echo "a seed that broke something did not show how"; exit 1; }

report=$(find "$(dirname "$0")/mutants" -name '*.patch' | sort | sed "s|.*/\(.*\)\.patch|$mutants/mutant_\1|" | xargs -P 2 -I {} bash -c 'seen_by "$1" "$2"' _ {} "$last" | sort)
echo "$report"
all=$(wc -l <<<"$report")
missed=$(grep -c "NOT SEEN" <<<"$report" || true)
line="mutants: $((all - missed)) of $all deliberate bugs seen within $last seeds"
echo "$line"
if [ -n "$figures" ]; then
  mkdir -p "$figures"
  echo "$line" >"$figures/mutants"
fi
[ "$missed" -eq 0 ] && [ "$all" -ge 15 ]
