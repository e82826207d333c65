#!/usr/bin/env bash
# bench.sh [--output FILE] [--rounds N] [--only PART]: builds Benchmarks/ and measures. PyTorch and
# JAX come into a virtual environment of the benchmark's own, .venv-bench; where they cannot be
# had, it says so and goes on without them. $SIMTRAIN_BENCH_TORCH names another PyTorch for pip.
# SCALE-Sim wants an older NumPy and has one more environment to itself, .venv-scalesim.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/usage.sh
source "$root/scripts/usage.sh"
usage "[--output FILE] [--rounds N] [--only PART]" "$@"
environment="$root/.venv-bench"
scalesim="$root/.venv-scalesim"
# The CPU build; what pip finds under the plain name may bring gigabytes of GPU libraries.
torch=${SIMTRAIN_BENCH_TORCH:-torch==2.13.0+cpu}
jax=jax==0.10.2
plugin=lammps-jax-pjrt-cpu==0.11.2

# can_import FOLDER MODULE
can_import() { "$1/bin/python" -c "import $2" >/dev/null 2>&1; }

# make_environment FOLDER
make_environment() {
  [[ -x "$1/bin/pip" ]] && return
  python3 -m venv --clear "$1" >/dev/null 2>&1 && return
  # Debian keeps venv apart from Python.
  "$root/scripts/install-packages.sh" python3 python3-venv &&
    /usr/bin/python3 -m venv --clear "$1" >/dev/null
}

# install FOLDER MODULE REQUIREMENT...
install() {
  local folder=$1 module=$2
  shift 2
  can_import "$folder" "$module" && return
  echo "Installing $* into ${folder##*/}"
  "$folder/bin/pip" install --quiet --disable-pip-version-check --no-input \
    --only-binary=:all: "$@" </dev/null || echo "pip cannot install $*; going on without." >&2
}

# wants PART: whether it is measured, all being measured without --only.
wants() { [[ " ${options[*]-} " != *" --only"* || " ${options[*]-} " == *" --only"[\ =]"$1 "* ]]; }

options=("$@")
arguments=()
if wants training || wants plugins || wants models || wants quantization; then
  if make_environment "$environment"; then
    if wants training || wants plugins; then install "$environment" jax "$jax" numpy; fi
    if wants plugins; then
      install "$environment" lammps_jax_pjrt_cpu "$plugin" --no-deps
      libraries=("$environment"/lib/python3*/site-packages/lammps_jax_pjrt_cpu/*.so)
      if [[ -f "${libraries[0]}" ]]; then arguments+=(--plugin "${libraries[0]}"); fi
    fi
    if wants quantization; then install "$environment" h5py h5py numpy; fi
    if wants training || wants models || wants quantization; then
      install "$environment" torch "$torch" numpy
    fi
    if can_import "$environment" numpy; then arguments+=(--python "$environment/bin/python"); fi
  else
    echo "No virtual environment can be made; going on without PyTorch and JAX." >&2
  fi
fi
if wants scalesim; then
  if make_environment "$scalesim"; then
    install "$scalesim" scalesim scalesim==3.0.0 numpy==2.2.6
    if can_import "$scalesim" scalesim; then
      arguments+=(--scalesim-python "$scalesim/bin/python")
    fi
  else
    echo "No virtual environment can be made; going on without SCALE-Sim." >&2
  fi
fi

swift build -c release --package-path "$root/Benchmarks" --scratch-path "$root/.build/benchmarks"
exec "$root/.build/benchmarks/release/simtrain-bench" --simtrain "$root/.build/release/simtrain" \
  --folder "$root/Benchmarks" --configs "$root/Configs" ${arguments[@]+"${arguments[@]}"} "$@"
