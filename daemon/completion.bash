# Completes commands, options, tunnels and files of tunnelkeyd in bash. tests/package/manual.py holds it to `--help`.

# The names of the tunnels: the daemon's or the store's, or else those of the configuration. Where neither may be read there are none.
_tunnelkeyd_tunnels() { # PROGRAM [--config FILE]
  local found
  found=$(timeout 2 "$1" status --all --json "${@:2}" 2>/dev/null) || true
  [ -n "$found" ] || found=$(timeout 2 "$1" check --json "${@:2}" 2>/dev/null) || true
  grep -o '{"name":"[^"]*","organization":' <<<"$found" | cut -d '"' -f 4
}

_tunnelkeyd() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' choices='' i
  local config=()
  COMPREPLY=()
  # `--config=FILE` comes as three words.
  if [ "$word" = = ]; then
    word=
  elif [ "$previous" = = ]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi

  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --config | --tunnel | --max-wait | --from | --for | --limit | --key)
        local value=$((i + 1))
        [ "${COMP_WORDS[value]}" != = ] || value=$((value + 1))
        [ "${COMP_WORDS[i]}" != --config ] || config=(--config "${COMP_WORDS[value]/#~\//$HOME/}")
        i=$value ;;
      -*) ;;
      reveal | resolve) [ "$command" != pending ] || command="pending ${COMP_WORDS[i]}" ;;
      *) command=${command:-${COMP_WORDS[i]}} ;;
    esac
  done

  case $previous in
    --config)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return ;;
    --tunnel)
      mapfile -t COMPREPLY < <(compgen -W "$(_tunnelkeyd_tunnels "${COMP_WORDS[0]}" "${config[@]}")" -- "$word")
      return ;;
    --max-wait | --from | --for | --limit | --key) return ;;
  esac

  if [[ $word == -* ]]; then
    case $command in
      '') choices=--version ;;
      run) choices='--once --tunnel --max-wait' ;;
      plan) choices='--from --for --json' ;;
      status) choices='--watch --all --json' ;;
      history) choices='--limit --json' ;;
      rotate) choices='--all --wait --json' ;;
      check | version | preflight | pause | resume | reload | pending) choices=--json ;;
      'pending reveal') choices=--yes ;;
      'pending resolve') choices='--installed --regenerate --key' ;;
    esac
    choices+=' --config --help'
  else
    case $command in
      '') choices='run check version plan status history preflight rotate pause resume reload pending' ;;
      pending) choices='reveal resolve' ;;
      status | history | preflight | rotate | pause | resume | 'pending reveal' | 'pending resolve')
        choices=$(_tunnelkeyd_tunnels "${COMP_WORDS[0]}" "${config[@]}") ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
}

complete -F _tunnelkeyd tunnelkeyd
