# shellcheck shell=bash
# Sourced by scripts: with --help or -h, a script prints its usage and what its first comment says.

# usage ARGUMENTS WORD...: ends the script where the first WORD asks for help. ARGUMENTS is what the
# script takes; where it takes none, another word is an error.
usage() {
  local arguments=$1 line="Usage: $0${1:+ $1}"
  shift
  case "${1-}" in
    -h | --help)
      echo "$line"
      sed -n '2,${/^#/!q;s/^# \{0,1\}//p}' "$0"
      exit 0
      ;;
  esac
  if [[ -z "$arguments" && $# -gt 0 ]]; then
    echo "$0: unknown argument '$1'. $line" >&2
    exit 2
  fi
}
