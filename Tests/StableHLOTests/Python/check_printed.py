"""check_printed.py FOLDER: reads every FOLDER/*.mlir with JAX's own parser. Programs with an archive of
the same name are run by JAX on in0, in1, ..., and their results are compared with out0, out1, ...

Prints a line for each program that is not accepted, the largest difference of each that is run, and the
number of programs that were accepted. Status 1 if one was not."""

import pathlib
import sys

import jax
import numpy
from jax._src import xla_bridge
from jax._src.interpreters import mlir
from jax._src.lib import xla_client
from jax._src.lib.mlir import ir


def largest_difference(module, archive):
    """Of all results, each relative to its largest magnitude."""
    backend = xla_bridge.get_backend("cpu")
    executable = backend.compile_and_load(
        mlir.module_to_bytecode(module),
        tuple(backend.local_devices()[:1]),
        xla_client.CompileOptions(),
    )
    count = sum(name.startswith("in") for name in archive.files)
    arguments = [jax.device_put(archive[f"in{index}"]) for index in range(count)]
    results = executable.execute_sharded(arguments)
    worst = 0.0
    for index, (result,) in enumerate(results.disassemble_into_single_device_arrays()):
        expected = archive[f"out{index}"].astype(numpy.float64)
        found = numpy.asarray(result).astype(numpy.float64)
        if expected.shape != found.shape:
            return float("inf")
        scale = max(numpy.abs(expected).max(initial=0), 1e-30)
        worst = max(worst, float(numpy.abs(expected - found).max(initial=0) / scale))
    return worst


def main(folder):
    accepted, refused = 0, 0
    with mlir.make_ir_context():
        for path in sorted(pathlib.Path(folder).glob("*.mlir")):
            try:
                module = ir.Module.parse(path.read_text())
                module.operation.verify()
                values = path.with_suffix(".npz")
                if values.exists():
                    with numpy.load(values) as archive:
                        print(f"{path.stem} differs by {largest_difference(module, archive):.3g}")
                accepted += 1
            except Exception as error:  # whatever JAX says of it
                refused += 1
                print(f"{path.name}: {error}")
    print(f"{accepted} accepted")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
