"""SCALE-Sim on single products, for simtrain-bench.

Arguments: rows, columns, dataflow (os, ws, is), then products MxKxN. For each product a line: MxKxN,
the compute cycles that SCALE-Sim prints, and the seconds that its run took, imports not counted.
"""

import contextlib
import csv
import io
import os
import sys
import tempfile
import time

from scalesim.scale_sim import scalesim

CONFIG = """[general]
run_name = run

[architecture_presets]
ArrayHeight : {rows}
ArrayWidth : {columns}
IfmapSramSzkB : 65536
FilterSramSzkB : 65536
OfmapSramSzkB : 65536
IfmapOffset : 0
FilterOffset : 10000000
OfmapOffset : 20000000
Dataflow : {dataflow}
Bandwidth : 10
ReadRequestBuffer : 32
WriteRequestBuffer : 32

[layout]
IfmapCustomLayout : False
IfmapSRAMBankBandwidth : 10
IfmapSRAMBankNum : 10
IfmapSRAMBankPort : 2
FilterCustomLayout : False
FilterSRAMBankBandwidth : 10
FilterSRAMBankNum : 10
FilterSRAMBankPort : 2

[sparsity]
SparsitySupport : false
SparseRep : ellpack_block
OptimizedMapping : false
BlockSize : 8
RandomNumberGeneratorSeed : 40

[run_presets]
InterfaceBandwidth : CALC
UseRamulatorTrace : False
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def run(product, rows, columns, dataflow, folder):
    m, k, n = (int(extent) for extent in product.split("x"))
    config = write(
        f"{folder}/run.cfg", CONFIG.format(rows=rows, columns=columns, dataflow=dataflow))
    topology = write(f"{folder}/product.csv", f"Layer, M, N, K,\nproduct, {m}, {n}, {k},\n")
    layout = write(f"{folder}/layout.csv", "Layer\n")
    begin = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        simulator = scalesim(
            save_disk_space=True, verbose=False, config=config, topology=topology, layout=layout,
            input_type_gemm=True)
        simulator.run_scale(top_path=folder)
    seconds = time.perf_counter() - begin
    with open(f"{folder}/run/COMPUTE_REPORT.csv", encoding="utf-8") as file:
        report = next(csv.DictReader(file, skipinitialspace=True))
    return report["Total Cycles"], seconds


def main():
    rows, columns, dataflow = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for product in sys.argv[4:]:
        with tempfile.TemporaryDirectory() as folder:
            cycles, seconds = run(product, rows, columns, dataflow, folder)
        print(product, cycles, seconds, flush=True)


if __name__ == "__main__":
    main()
