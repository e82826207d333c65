/// The extents of a matrix product `X[m, k] · W[k, n]`, row-major.
public struct GEMMShape: Hashable, Sendable, Codable {
  /// Rows of the left operand and of the result.
  public let m: Int
  /// Columns of the right operand and of the result.
  public let n: Int
  /// Columns of the left operand, rows of the right one: the length of each sum.
  public let k: Int

  /// A product `[m, k] · [k, n]`.
  @inlinable public init(m: Int, n: Int, k: Int) {
    self.m = m
    self.n = n
    self.k = k
  }

  /// Multiply-accumulates of the product.
  @inlinable package var macs: Int { m * n * k }
}

/// How a product lies on an array: two dimensions in space, the third in time.
package struct SpatialMapping: Hashable, Sendable {
  /// Extent of the dimension laid down the array's rows.
  package let rows: Int
  /// Extent of the dimension laid across the array's columns.
  package let columns: Int
  /// Values that stream through one fold, one a cycle.
  package let steps: Int

  package init(rows: Int, columns: Int, steps: Int) {
    self.rows = rows
    self.columns = columns
    self.steps = steps
  }
}

/// Which matrix stays in the processing elements while the others stream.
///
/// - Source: Samajdar et al., ISPASS 2020, table 1 (mapping of each dataflow).
public enum Dataflow: String, CaseIterable, Codable, Sendable {
  /// Named after the operand that stays in the array.
  case weightStationary, outputStationary, inputStationary

  /// How `gemm` lies on the array under this dataflow.
  package func mapping(of gemm: GEMMShape) -> SpatialMapping {
    switch self {
    case .outputStationary: SpatialMapping(rows: gemm.m, columns: gemm.n, steps: gemm.k)
    case .weightStationary: SpatialMapping(rows: gemm.k, columns: gemm.n, steps: gemm.m)
    case .inputStationary: SpatialMapping(rows: gemm.k, columns: gemm.m, steps: gemm.n)
    }
  }
}
