internal import CKernels
internal import COpenBLAS
internal import GraphIR
internal import HostRuntime

/// Computes products with OpenBLAS, one thread a call; the runtime's own threads share the parts.
///
/// OpenBLAS sums in an order that depends on the sizes it is given, so a product is always cut
/// into the same parts, however many threads there are: equal bits for every thread count.
struct OpenBLASEngine: ProductEngine {
  func kernel(for product: MatrixProduct, of value: ValueID) -> any ProductKernel {
    OpenBLASKernel(product)
  }

  /// Convolutions run in the host's own kernel: copying patches for OpenBLAS takes longer.
  func chainedSum(of value: ValueID, depth: Int) -> ChainedSum {
    ChainedSum(roundsOperands: false, chainDepth: depth)
  }
}

struct OpenBLASKernel: ProductKernel {
  private let product: MatrixProduct
  private let splitsRows: Bool
  let partCount: Int
  /// Room for operands that come as bfloat16, which `cblas_sgemm` does not read.
  let scratchByteCount: Int

  init(_ product: MatrixProduct) {
    self.product = product
    splitsRows = product.m >= product.n
    let macs = product.m * product.n * product.k
    let longer = splitsRows ? product.m : product.n
    var parts = 1
    while parts < 16, longer / (2 * parts) >= 8, Self.gains(byDividing: macs / parts) {
      parts *= 2
    }
    partCount = parts
    let bf16Counts = [
      product.lhs.dtype == .bf16 ? product.m * product.k : 0,
      product.rhs.dtype == .bf16 ? product.k * product.n : 0,
    ]
    scratchByteCount = bf16Counts.reduce(0, +) * 4
  }

  /// Whether two halves of a product of so many multiply-accumulates are better than the whole.
  ///
  /// Up to a million, OpenBLAS multiplies without packing the operands, which saves a fifth to a
  /// quarter of the time of products a few times that size. Far above, packing twice is little,
  /// and each half is work for a thread.
  ///
  /// - Source: OpenBLAS 0.3.21, `kernel/x86_64/sgemm_small_kernel_permit_skylakex.c`.
  private static func gains(byDividing macs: Int) -> Bool {
    macs > 1_000_000 && macs <= 6_000_000 || macs >= 12_000_000
  }

  func run(
    part: Int, lhs: UnsafeRawPointer, rhs: UnsafeRawPointer, out: UnsafeMutableRawPointer,
    scratch: UnsafeMutableRawPointer
  ) {
    let out = out.assumingMemoryBound(to: Float.self)
    var space = scratch.assumingMemoryBound(to: Float.self)
    let length = splitsRows ? product.m : product.n
    let part = length * part / partCount..<length * (part + 1) / partCount
    let (rows, columns) =
      splitsRows ? (part, 0..<product.n) : (0..<product.m, part)
    let all = 0..<product.k
    let a = floats(lhs, product.lhs, rows: rows, columns: all, &space)
    let b = floats(rhs, product.rhs, rows: all, columns: columns, &space)
    cob_sgemm(
      product.lhs.isTransposed ? 1 : 0, product.rhs.isTransposed ? 1 : 0, Int32(rows.count),
      Int32(columns.count), Int32(product.k), a.start, Int32(a.rowStride), b.start,
      Int32(b.rowStride), out + (rows.lowerBound * product.n + columns.lowerBound),
      Int32(product.n))
  }

  /// A part of the operand as binary32, widened into `space` if it is not.
  private func floats(
    _ operand: UnsafeRawPointer, _ layout: MatrixProduct.Operand, rows: Range<Int>,
    columns: Range<Int>, _ space: inout UnsafeMutablePointer<Float>
  ) -> (start: UnsafePointer<Float>, rowStride: Int) {
    let (stored, inner) = layout.isTransposed ? (columns, rows) : (rows, columns)
    let first = stored.lowerBound * layout.rowStride + inner.lowerBound
    if layout.dtype == .f32 {
      return (operand.assumingMemoryBound(to: Float.self) + first, layout.rowStride)
    }
    let bits = operand.assumingMemoryBound(to: UInt16.self) + first
    let start = space
    if layout.rowStride == inner.count {
      Self.widen(bits, to: start, count: stored.count * inner.count)
    } else {
      for row in 0..<stored.count {
        Self.widen(bits + row * layout.rowStride, to: start + row * inner.count, count: inner.count)
      }
    }
    space += stored.count * inner.count
    return (UnsafePointer(start), inner.count)
  }

  private static func widen(
    _ bits: UnsafePointer<UInt16>, to floats: UnsafeMutablePointer<Float>, count: Int
  ) {
    var load = ck_op()
    load.code = UInt16(CK_LOAD_BF16)
    load.a = 1
    withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: 2) { registers in
      registers[0] = UnsafeMutableRawPointer(floats)
      registers[1] = UnsafeMutableRawPointer(mutating: bits)
      ck_run_block(&load, 1, registers.baseAddress, 2, count)
    }
  }
}
