internal import BenchmarkKernels
internal import CPUDevice
internal import Foundation

/// The kernel for bytes against the kernels for floats.
struct Int8Speed {
  let rounds: Int
  let thresholds: Thresholds

  func measure(into report: inout Report) throws {
    report.heading("Products of int8, GOP/s, packing included")
    let device = try CPUDevice()
    var rows: [[String]] = []
    let processors = ProcessInfo.processInfo.activeProcessorCount
    for threads in [1, 2] where threads <= processors {
      for (m, k, n) in ProductContest.shapes {
        rows.append(try row(ProductContest(m: m, k: k, n: n, threads: threads)))
      }
    }
    report.table(
      [
        "M x K x N", "threads", "int8", "systolic fp32", "sgemm", "of systolic", "of sgemm",
        "expected", "verdict",
      ], rows)
    report.remark(
      "int8: \(String(cString: bench_int8_kernel())); sgemm: \(device.descriptor.summary). A "
        + "multiply-accumulate counts as two operations in all columns.")
  }

  private func row(_ contest: ProductContest) throws(BenchmarkError) -> [String] {
    var (bytes, systolic, sgemm) = (Measurement(), Measurement(), Measurement())
    for _ in 0..<rounds {
      bytes.add(try contest.rate(BENCH_INT8))
      systolic.add(try contest.rate(BENCH_SYSTOLIC))
      sgemm.add(try contest.sgemmRate())
    }
    let ratio = bytes.ratios(to: sgemm).median
    return [
      "\(contest.m) x \(contest.k) x \(contest.n)", String(contest.threads),
      bytes.median.fixed(1), systolic.median.fixed(1), sgemm.median.fixed(1),
      bytes.ratios(to: systolic).median.fixed(2), ratio.fixed(2),
      ">= \(thresholds.int8TimesSgemm.fixed(1))", verdict(ratio >= thresholds.int8TimesSgemm),
    ]
  }
}
