internal import BenchmarkKernels

/// One product that several kernels compute.
struct ProductContest {
  let m: Int
  let k: Int
  let n: Int
  let threads: Int

  /// M, K, N of the products that are timed.
  static let shapes = [
    (32, 784, 128), (784, 32, 128), (512, 512, 512), (1024, 1024, 1024), (2048, 2048, 2048),
  ]
  private static let secondsPerMeasurement = 0.1

  /// 10^9 operations a second; a multiply-accumulate counts as two.
  ///
  /// - Parameter who: one of the kernels that `BenchmarkKernels.h` lists.
  func rate(_ who: Int) throws(BenchmarkError) -> Double {
    let operations = 2 * Double(m) * Double(k) * Double(n)
    let repeats = Int32(max(3, Self.secondsPerMeasurement * 80e9 * Double(threads) / operations))
    let seconds = bench_product_seconds(Int32(who), m, k, n, Int32(threads), repeats)
    if seconds <= 0 {
      throw .cannotMeasure("A product on \(threads) threads cannot be timed here.")
    }
    return operations / seconds / 1e9
  }

  /// Of `cblas_sgemm`: one call a thread, or cut as the CPU device cuts it, or, on several threads,
  /// on its own; whichever is the fastest.
  func sgemmRate() throws(BenchmarkError) -> Double {
    let parts = max(try rate(BENCH_SGEMM), try rate(BENCH_SGEMM_CUT))
    return threads == 1 ? parts : max(parts, try rate(BENCH_SGEMM_OWN_THREADS))
  }
}
