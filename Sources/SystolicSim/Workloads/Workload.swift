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
      /// A convolution of a graph, forward or a gradient, as the product that it becomes.
      case patches(PatchProduct)
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

  /// Products of one shape whose left operand is made of patches that overlap in memory, as a
  /// convolution's are.
  public struct PatchProduct: Hashable, Sendable {
    /// Groups of the convolution.
    public var batch: Int
    /// The product of one group.
    public var gemm: GEMMShape
    /// Elements that the patches are taken from.
    public var inputElements: Int

    public init(batch: Int, gemm: GEMMShape, inputElements: Int) {
      self.batch = batch
      self.gemm = gemm
      self.inputElements = inputElements
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
