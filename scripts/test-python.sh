#!/usr/bin/env bash
# test-python.sh [whole]: runs the tests that need Python packages: what JAX reads of the programs that
# simtrain prints, the conformance suite on a PJRT plugin for this processor ('whole': all random graphs),
# the layout of PJRT's interface, training on the plugin. The packages come into a virtual environment in
# the cache, ~/.cache/simtrain/python. What cannot be had is left out, and said; with CI=true it is an error.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/usage.sh
source "$root/scripts/usage.sh"
usage "[whole]" "$@"
case "${1-}" in
  '') ;;
  whole) export SIMTRAIN_CONFORMANCE=whole ;;
  *)
    echo "$0: unknown argument '$1'. Use 'whole' or nothing." >&2
    exit 2
    ;;
esac

cache="${XDG_CACHE_HOME:-$HOME/.cache}/simtrain"
environment="$cache/python"
wheels="$cache/wheels"
# Wheels that are unpacked, not installed.
header="$cache/xla-cpu-pjrt-0.0.1"

# missing WHAT: it cannot be had.
missing() {
  if [[ "${CI-}" == true ]]; then
    echo "test-python: $1 cannot be had." >&2
    exit 1
  fi
  echo "test-python: $1 cannot be had; its tests are left out." >&2
}

# The environment, made anew where its Python has gone.
make_environment() {
  "$environment/bin/python" -c '' 2>/dev/null && return
  mkdir -p "$cache"
  python3 -m venv --clear "$environment" >/dev/null 2>&1 && return
  # Debian keeps venv apart from Python.
  "$root/scripts/install-packages.sh" python3 python3-venv &&
    /usr/bin/python3 -m venv --clear "$environment" >/dev/null
}

pip() { "$environment/bin/python" -m pip --disable-pip-version-check --no-input --quiet "$@" </dev/null; }

# install REQUIREMENT [OPTION...]: from wheels in the cache, fetched once.
install() {
  local requirement=$1
  shift
  "$environment/bin/python" -c '
import importlib.metadata, sys
name, _, version = sys.argv[1].partition("==")
sys.exit(importlib.metadata.version(name) != version)' "$requirement" 2>/dev/null && return
  echo "Installing $requirement into $environment"
  pip download --only-binary=:all: --dest "$wheels" "$@" "$requirement" >/dev/null &&
    pip install --no-index --find-links "$wheels" "$@" "$requirement"
}

if ! make_environment; then
  missing "a virtual environment of Python"
else
  if install jax==0.10.2; then
    export SIMTRAIN_PYTHON="$environment/bin/python"
  else
    missing "JAX (jax==0.10.2)"
  fi
  if install lammps-jax-pjrt-cpu==0.11.2 --no-deps; then
    SIMTRAIN_PJRT_PLUGIN=$("$environment/bin/python" -c \
      'import sysconfig; print(sysconfig.get_path("purelib"))')/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so
    export SIMTRAIN_PJRT_PLUGIN
  else
    missing "a PJRT plugin for this processor (lammps-jax-pjrt-cpu==0.11.2)"
  fi
  if [[ ! -d "$header" ]]; then
    if pip download --no-deps --only-binary=:all: --dest "$wheels" xla-cpu-pjrt==0.0.1; then
      "$environment/bin/python" -m zipfile -e "$wheels"/xla_cpu_pjrt-0.0.1-*.whl "$header.new"
      mv "$header.new" "$header"
    fi
  fi
  if [[ -d "$header" ]]; then
    export SIMTRAIN_PJRT_HEADER="$header/xla_plugins/xla_cpu_pjrt/include"
  else
    missing "the header of PJRT's interface (xla-cpu-pjrt==0.0.1)"
  fi
fi

# Those that need no package are in 'swift test' already.
exec swift test --package-path "$root" \
  --filter 'JAXTests|PJRTConformanceTests|InterfaceLayoutTests|PluginTrainingTests'
