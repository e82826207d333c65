# shellcheck shell=bash
# Sourced by the fetch scripts: where data sets live and how a finished one is recognised.

# Prints the cache directory; `DatasetDirectory` in Sources/Datasets follows the same order.
data_directory() {
  if [[ -n "${SIMTRAIN_DATA:-}" ]]; then
    echo "$SIMTRAIN_DATA"
  elif [[ "${XDG_CACHE_HOME:-}" == /* ]]; then
    echo "$XDG_CACHE_HOME/simtrain"
  elif [[ -n "${HOME:-}" ]]; then
    echo "$HOME/.cache/simtrain"
  else
    echo "None of SIMTRAIN_DATA, XDG_CACHE_HOME and HOME is set. Set SIMTRAIN_DATA." >&2
    return 1
  fi
}

# verified DIRECTORY CHECKSUMS: whether every file of the MD5 list is there and whole.
verified() {
  [[ -d "$1" ]] && (cd "$1" && md5sum --check --status --strict 2>/dev/null <<<"$2")
}

# publish STAGING DESTINATION: moves verified files into place, each by an atomic rename.
# STAGING must be on the file system of DESTINATION.
publish() {
  mkdir -p "$2"
  chmod 644 "$1"/*-ubyte
  mv -f "$1"/*-ubyte "$2"/
}
