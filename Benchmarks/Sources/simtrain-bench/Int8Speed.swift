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
        rows += try self.rows(ProductContest(m: m, k: k, n: n, threads: threads))
      }
    }
    report.table(
      [
        "M x K x N", "threads", "instructions", "int8", "systolic fp32", "sgemm", "of systolic",
        "of sgemm",
        "expected", "verdict",
      ], rows)
    report.remark(
      "sgemm: \(device.descriptor.summary). A "
        + "multiply-accumulate counts as two operations in all columns.")
  }

  /// With AMX where the processor has it, and without.
  private func rows(_ contest: ProductContest) throws(BenchmarkError) -> [[String]] {
    defer { _ = bench_int8_kernel(1) }
    var rows: [[String]] = []
    for withAMX: Int32 in [1, 0] {
      let kernel = String(cString: bench_int8_kernel(withAMX))
      if withAMX == 0, rows.first?[2] == kernel { continue }
      rows.append(try row(contest, kernel))
    }
    return rows
  }

  private func row(
    _ contest: ProductContest, _ kernel: String
  ) throws(BenchmarkError) -> [String] {
    var (bytes, systolic, sgemm) = (Measurement(), Measurement(), Measurement())
    for _ in 0..<rounds {
      bytes.add(try contest.rate(BENCH_INT8))
      systolic.add(try contest.rate(BENCH_SYSTOLIC))
      sgemm.add(try contest.sgemmRate())
    }
    let ratio = bytes.ratios(to: sgemm).median
    let expected = thresholds.int8TimesSgemm[kernel]
    return [
      "\(contest.m) x \(contest.k) x \(contest.n)", String(contest.threads), kernel,
      bytes.median.fixed(1), systolic.median.fixed(1), sgemm.median.fixed(1),
      bytes.ratios(to: systolic).median.fixed(2), ratio.fixed(2),
      expected.map { ">= \($0.fixed(1))" } ?? "", expected.map { verdict(ratio >= $0) } ?? "",
    ]
  }
}
