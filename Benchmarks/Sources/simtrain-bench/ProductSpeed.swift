internal import BenchmarkKernels
internal import CPUDevice
internal import Foundation

/// Part 4: the systolic-order kernel against `cblas_sgemm`.
struct ProductSpeed {
  let rounds: Int
  let thresholds: Thresholds

  /// M, K, N.
  private static let shapes = [(32, 784, 128), (512, 512, 512), (1024, 1024, 1024)]
  private static let secondsPerMeasurement = 0.1

  func measure(into report: inout Report) throws {
    report.heading("Products, GFLOP/s, rounding to bf16 and packing included")
    let device = try CPUDevice()
    var rows: [[String]] = []
    let processors = ProcessInfo.processInfo.activeProcessorCount
    for threads in [1, 2] where threads <= processors {
      for (m, k, n) in Self.shapes {
        rows.append(try row(m, k, n, threads: threads))
      }
    }
    report.table(
      ["M x K x N", "threads", "systolic", "sgemm", "ratio", "expected", "verdict"], rows)
    var trips = Measurement()
    for _ in 0..<rounds { trips.add(bench_round_trip_nanoseconds()) }
    report.remark(
      "sgemm: \(device.descriptor.summary); on two threads the faster of the same split and its "
        + "own threading. A cache line between the two processors and back: "
        + "\(trips.median.fixed(0)) ns (\(trips.least.fixed(0)) to \(trips.greatest.fixed(0))).")
  }

  private func row(
    _ m: Int, _ k: Int, _ n: Int, threads: Int
  ) throws(BenchmarkError) -> [String] {
    let flops = 2 * Double(m) * Double(k) * Double(n)
    let repeats = Int32(max(3, Self.secondsPerMeasurement * 80e9 * Double(threads) / flops))
    func rate(_ who: Int) throws(BenchmarkError) -> Double {
      let seconds = bench_product_seconds(
        Int32(who), m, k, n, Int32(threads), repeats)
      if seconds <= 0 {
        throw .cannotMeasure("A product on \(threads) threads cannot be timed here.")
      }
      return flops / seconds / 1e9
    }
    var systolic = Measurement()
    var sgemm = Measurement()
    for _ in 0..<rounds {
      systolic.add(try rate(BENCH_SYSTOLIC))
      var best = try rate(BENCH_SGEMM)
      if threads > 1 { best = max(best, try rate(BENCH_SGEMM_OWN_THREADS)) }
      sgemm.add(best)
    }
    let ratio = systolic.ratios(to: sgemm).median
    return [
      "\(m) x \(k) x \(n)", String(threads), systolic.median.fixed(1), sgemm.median.fixed(1),
      ratio.fixed(2), ">= \(thresholds.systolicTimesSgemm.fixed(1))",
      verdict(ratio >= thresholds.systolicTimesSgemm),
    ]
  }
}
