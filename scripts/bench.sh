#!/usr/bin/env bash
# bench.sh [--output FILE] [--rounds N] [--only PART]: builds Benchmarks/ and measures. PyTorch and
# JAX come into a virtual environment of the benchmark's own, .venv-bench; where they cannot be
# had, it says so and goes on without them. $SIMTRAIN_BENCH_TORCH names another PyTorch for pip.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
environment="$root/.venv-bench"
# The CPU build; what pip finds under the plain name may bring gigabytes of GPU libraries.
torch=${SIMTRAIN_BENCH_TORCH:-torch==2.13.0+cpu}
jax=jax==0.10.2

can_import() { "$environment/bin/python" -c "import $1" >/dev/null 2>&1; }

make_environment() {
  [[ -x "$environment/bin/pip" ]] && return
  python3 -m venv --clear "$environment" >/dev/null 2>&1 && return
  # Debian keeps venv apart from Python.
  "$root/scripts/install-packages.sh" python3 python3-venv &&
    /usr/bin/python3 -m venv --clear "$environment" >/dev/null
}

# install MODULE REQUIREMENT...
install() {
  local module=$1
  shift
  can_import "$module" && return
  echo "Installing $* into .venv-bench"
  "$environment/bin/pip" install --quiet --disable-pip-version-check --no-input \
    --only-binary=:all: "$@" </dev/null || echo "pip cannot install $*; going on without." >&2
}

arguments=()
if make_environment; then
  install jax "$jax" numpy
  install torch "$torch" numpy
  if can_import numpy; then arguments+=(--python "$environment/bin/python"); fi
else
  echo "No virtual environment can be made; going on without PyTorch and JAX." >&2
fi

swift build -c release --package-path "$root/Benchmarks" --scratch-path "$root/.build/benchmarks"
exec "$root/.build/benchmarks/release/simtrain-bench" --simtrain "$root/.build/release/simtrain" \
  --folder "$root/Benchmarks" --configs "$root/Configs" ${arguments[@]+"${arguments[@]}"} "$@"
