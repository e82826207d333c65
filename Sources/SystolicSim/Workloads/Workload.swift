/// A list of layers that run one after another.
public struct Workload: Hashable, Sendable {
  public var name: String
  public var layers: [Layer]
  /// All layers are one program, which is launched once; otherwise each is one.
  public var isOneProgram: Bool

  public init(name: String, layers: [Layer], isOneProgram: Bool = true) {
    self.name = name
    self.layers = layers
    self.isOneProgram = isOneProgram
  }

  /// One operation, and how often it occurs.
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

    var isConvolution: Bool {
      if case .convolution = shape { true } else { false }
    }
  }

  /// The layers; if the first one of a program occurs several times, its first time by itself,
  /// because the program's launch comes before it.
  var launched: [Layer] {
    guard isOneProgram, var first = layers.first, first.count > 1 else { return layers }
    var others = first
    first.count = 1
    others.count -= 1
    return [first, others] + layers.dropFirst()
  }
}
