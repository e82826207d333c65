internal import CKernels
internal import GraphIR
internal import HostRuntime
internal import SystolicModel

/// Computes products in the order of the array: f32 operands rounded to bfloat16, f16 operands as
/// they are (the kernel gets them widened, which is exact), exact products, binary32 sums with one
/// rounding a step, `k` ascending in a fold, folds added in order.
///
/// The bits do not depend on how a product is divided into parts, so it is divided as the number
/// of threads suggests.
struct SystolicProductEngine: ProductEngine {
  /// The graph, or the region, whose products it computes.
  let graph: Graph
  let mxu: MXUParameters
  let threads: Int

  func engine(for region: Graph) -> any ProductEngine {
    SystolicProductEngine(graph: region, mxu: mxu, threads: threads)
  }

  func kernel(for product: MatrixProduct, of value: ValueID) -> any ProductKernel {
    SystolicProductKernel(
      product, foldDepth: foldDepth(value) ?? product.k, roundsOperands: roundsOperands(value),
      threads: threads)
  }

  func chainedSum(of value: ValueID, depth: Int) -> ChainedSum {
    ChainedSum(
      roundsOperands: roundsOperands(value), chainDepth: foldDepth(value) ?? depth)
  }

  private func foldDepth(_ value: ValueID) -> Int? {
    graph.productShape(of: value).map { mxu.accumulation(of: $0).foldDepth }
  }

  /// Whether the array multiplies a product's operands as bfloat16; if not, as binary16.
  private func roundsOperands(_ value: ValueID) -> Bool {
    graph.type(of: graph[value].operands[0]).dtype != .f16
  }
}

private struct SystolicProductKernel: ProductKernel {
  private let product: MatrixProduct
  private let foldDepth: Int
  /// The operands that come as they were computed.
  private let roundedOperands: Int32
  private let splitsRows: Bool
  let partCount: Int
  let scratchByteCount: Int

  /// Large enough that handing a part to another thread pays.
  private static let macsPerPart = 500_000

  init(_ product: MatrixProduct, foldDepth: Int, roundsOperands: Bool, threads: Int) {
    self.product = product
    self.foldDepth = foldDepth
    roundedOperands =
      roundsOperands
      ? (product.lhs.isRounded ? 0 : CK_ROUND_A) | (product.rhs.isRounded ? 0 : CK_ROUND_B) : 0
    splitsRows = product.m >= product.n
    let worthwhile = product.m * product.n * product.k / Self.macsPerPart
    let divisible = (splitsRows ? product.m : product.n) / 16
    partCount = threads == 1 ? 1 : max(1, min(2 * threads, worthwhile, divisible))
    var arguments = Self.arguments(product, foldDepth: foldDepth)
    scratchByteCount = ck_gemm_scratch_bytes(&arguments)
  }

  func run(
    part: Int, lhs: UnsafeRawPointer, rhs: UnsafeRawPointer, out: UnsafeMutableRawPointer,
    scratch: UnsafeMutableRawPointer
  ) {
    var arguments = Self.arguments(product, foldDepth: foldDepth)
    arguments.round_operands = roundedOperands
    arguments.a = lhs
    arguments.b = rhs
    arguments.c = out.assumingMemoryBound(to: Float.self)
    let length = splitsRows ? product.m : product.n
    let (begin, end) = (length * part / partCount, length * (part + 1) / partCount)
    if splitsRows {
      ck_gemm_part(&arguments, begin, end, 0, product.n, scratch)
    } else {
      ck_gemm_part(&arguments, 0, product.m, begin, end, scratch)
    }
  }

  /// Everything but the addresses.
  private static func arguments(_ product: MatrixProduct, foldDepth: Int) -> ck_gemm_args {
    var arguments = ck_gemm_args()
    arguments.m = product.m
    arguments.n = product.n
    arguments.k = product.k
    arguments.k_tile = foldDepth
    arguments.lda = product.lhs.rowStride
    arguments.a_type = type(product.lhs)
    arguments.a_transposed = product.lhs.isTransposed ? 1 : 0
    arguments.ldb = product.rhs.rowStride
    arguments.b_type = type(product.rhs)
    arguments.b_transposed = product.rhs.isTransposed ? 1 : 0
    arguments.ldc = product.n
    return arguments
  }

  private static func type(_ operand: MatrixProduct.Operand) -> Int32 {
    operand.dtype == .bf16 ? CK_BF16 : CK_F32
  }
}
