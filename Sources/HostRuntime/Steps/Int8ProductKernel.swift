internal import CKernels

/// Products of `i8` with `i32` sums in the host's own kernel: exact, so the same bits for every
/// processor and every division into parts.
struct Int8ProductKernel: ProductKernel {
  private let product: MatrixProduct
  private let splitsRows: Bool
  let partCount: Int
  let scratchByteCount: Int

  init(_ product: MatrixProduct, threads: Int) {
    self.product = product
    splitsRows = product.m >= product.n
    partCount = Self.partCount(
      macs: product.m * product.n * product.k, length: splitsRows ? product.m : product.n,
      threads: threads)
    var arguments = Self.arguments(product)
    scratchByteCount = ck_gemm_int8_scratch_bytes(&arguments)
  }

  /// As many parts as threads can use; each packs the other operand anew, so parts are not small.
  static func partCount(macs: Int, length: Int, threads: Int) -> Int {
    threads == 1 ? 1 : max(1, min(2 * threads, macs / macsPerPart, length / lengthPerPart))
  }

  /// Large enough that handing a part to another thread pays.
  private static let macsPerPart = 1_000_000
  private static let lengthPerPart = 32

  func run(
    part: Int, lhs: UnsafeRawPointer, rhs: UnsafeRawPointer, out: UnsafeMutableRawPointer,
    scratch: UnsafeMutableRawPointer
  ) {
    var arguments = Self.arguments(product)
    arguments.a = lhs.assumingMemoryBound(to: Int8.self)
    arguments.b = rhs.assumingMemoryBound(to: Int8.self)
    arguments.c = out.assumingMemoryBound(to: Int32.self)
    let length = splitsRows ? product.m : product.n
    let (begin, end) = (length * part / partCount, length * (part + 1) / partCount)
    if splitsRows {
      ck_gemm_int8_part(&arguments, begin, end, 0, product.n, scratch)
    } else {
      ck_gemm_int8_part(&arguments, 0, product.m, begin, end, scratch)
    }
  }

  /// Everything but the addresses.
  private static func arguments(_ product: MatrixProduct) -> ck_gemm_int8_args {
    var arguments = ck_gemm_int8_args()
    arguments.m = product.m
    arguments.n = product.n
    arguments.k = product.k
    arguments.lda = product.lhs.rowStride
    arguments.a_transposed = product.lhs.isTransposed ? 1 : 0
    arguments.ldb = product.rhs.rowStride
    arguments.b_transposed = product.rhs.isTransposed ? 1 : 0
    arguments.ldc = product.n
    return arguments
  }
}
