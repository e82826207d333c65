internal import BenchmarkKernels
internal import CPUDevice
internal import Foundation

/// Part 4: the systolic-order kernel against `cblas_sgemm`.
struct ProductSpeed {
  let rounds: Int
  let thresholds: Thresholds

  func measure(into report: inout Report) throws {
    report.heading("Products, GFLOP/s, packing included")
    let device = try CPUDevice()
    var rows: [[String]] = []
    let processors = ProcessInfo.processInfo.activeProcessorCount
    for threads in [1, 2] where threads <= processors {
      for (m, k, n) in ProductContest.shapes {
        rows.append(try row(m, k, n, threads: threads))
      }
    }
    report.table(
      [
        "M x K x N", "threads", "systolic", "rounding", "sgemm", "ratio", "rounding's", "expected",
        "verdict",
      ], rows)
    var trips = Measurement()
    for _ in 0..<rounds { trips.add(bench_round_trip_nanoseconds()) }
    report.remark(
      "systolic: operands that come rounded, as loops write them; rounding: both rounded in each "
        + "product; A is stored transposed where M > N. sgemm: \(device.descriptor.summary); the "
        + "fastest of one call, calls cut as the CPU device cuts them and, on two threads, its own "
        + "threading. A cache line between the two processors and back: "
        + "\(trips.median.fixed(0)) ns (\(trips.least.fixed(0)) to \(trips.greatest.fixed(0))).")
  }

  private func row(
    _ m: Int, _ k: Int, _ n: Int, threads: Int
  ) throws(BenchmarkError) -> [String] {
    let contest = ProductContest(m: m, k: k, n: n, threads: threads)
    var systolic = Measurement()
    var rounding = Measurement()
    var sgemm = Measurement()
    for _ in 0..<rounds {
      systolic.add(try contest.rate(BENCH_SYSTOLIC))
      rounding.add(try contest.rate(BENCH_SYSTOLIC_ROUNDING))
      sgemm.add(try contest.sgemmRate())
    }
    let ratio = systolic.ratios(to: sgemm).median
    return [
      "\(m) x \(k) x \(n)", String(threads), systolic.median.fixed(1), rounding.median.fixed(1),
      sgemm.median.fixed(1), ratio.fixed(2), rounding.ratios(to: sgemm).median.fixed(2),
      ">= \(thresholds.systolicTimesSgemm.fixed(1))",
      verdict(ratio >= thresholds.systolicTimesSgemm),
    ]
  }
}
