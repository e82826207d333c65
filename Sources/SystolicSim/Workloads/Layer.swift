/// One operation of a workload, and how often it occurs.
public struct Layer: Hashable, Sendable {
  /// What a layer computes.
  public enum Shape: Hashable, Sendable {
    /// A matrix product `X[m, k] · W[k, n]`.
    case gemm(GEMMShape)
    /// A two-dimensional convolution.
    case convolution(ConvolutionShape)
  }

  /// The name in reports.
  public var name: String
  public var shape: Shape
  /// Times that the layer runs, one after another.
  public var count: Int

  public init(name: String, shape: Shape, count: Int = 1) {
    self.name = name
    self.shape = shape
    self.count = count
  }
}

/// A list of layers that run one after another.
public struct Workload: Hashable, Sendable {
  public var name: String
  public var layers: [Layer]

  public init(name: String, layers: [Layer]) {
    self.name = name
    self.layers = layers
  }
}
