package import GraphIR

/// A batch of matrix products as the host computes it: `out[b] = lhs[b] · rhs[b]`.
///
/// `lhs` is `[m, k]` or, transposed, stored as `[k, m]`; `rhs` is `[k, n]` or stored as `[n, k]`;
/// `out` is `[m, n]`, dense.
package struct MatrixProduct: Hashable, Sendable {
  /// How one operand lies in memory.
  package struct Operand: Hashable, Sendable {
    /// `f32` or `bf16`; `i8` in products that no engine is asked for.
    package var dtype: DType
    /// Stored with rows and columns exchanged.
    package var isTransposed: Bool
    /// Elements from one stored row to the next.
    package var rowStride: Int
    /// Elements from one matrix of the batch to the next; 0 where all use the same.
    package var batchStride: Int
    /// `f32` elements that whoever wrote them rounded to bfloat16.
    package var isRounded = false
  }

  /// Products of the same shape.
  package var batch: Int
  /// Rows of the left operand and of the result.
  package var m: Int
  /// Columns of the right operand and of the result.
  package var n: Int
  /// Length of each sum.
  package var k: Int
  /// How the left operand lies in memory.
  package var lhs: Operand
  /// How the right operand lies in memory.
  package var rhs: Operand
}

/// Where a device's products of floats come from: the one thing in which host-run devices differ.
/// Products of `i8` are exact in any order, so all devices share one kernel for them.
package protocol ProductEngine: Sendable {
  /// Decides at compile time how to compute a product.
  ///
  /// - Parameter value: the instruction that it belongs to, for devices that choose by it.
  func kernel(for product: MatrixProduct, of value: ValueID) -> any ProductKernel

  /// The engine for the products of a region, which counts its values by itself.
  func engine(for region: Graph) -> any ProductEngine

  /// How the sums of a convolution are formed; `depth` steps each.
  func chainedSum(of value: ValueID, depth: Int) -> ChainedSum
}

extension ProductEngine {
  /// Itself, for engines that do not choose by the value.
  package func engine(for region: Graph) -> any ProductEngine { self }
}

/// How the host's own kernels form a sum of products: chains of fused multiply-adds in ascending
/// order, each from +0, then added to one another in order.
package struct ChainedSum: Hashable, Sendable {
  /// Operands are rounded to bfloat16 first.
  package var roundsOperands: Bool
  /// Steps of a chain.
  package var chainDepth: Int

  /// Chains of `chainDepth` steps.
  package init(roundsOperands: Bool, chainDepth: Int) {
    self.roundsOperands = roundsOperands
    self.chainDepth = chainDepth
  }
}

/// A product that is ready to run.
///
/// Its bits depend on nothing but the operands. An engine whose bits depend on how a product is
/// divided divides it by its shape alone, so results do not depend on the number of threads.
package protocol ProductKernel: Sendable {
  /// Parts of one matrix of the batch that may run at the same time.
  var partCount: Int { get }
  /// Bytes of private memory that a running part needs.
  var scratchByteCount: Int { get }
  /// Computes one part of one product: all matrices of a batch have the same shape.
  ///
  /// - Parameter out: binary32 sums; `i32` ones where the operands are `i8`.
  func run(
    part: Int, lhs: UnsafeRawPointer, rhs: UnsafeRawPointer, out: UnsafeMutableRawPointer,
    scratch: UnsafeMutableRawPointer)
}
