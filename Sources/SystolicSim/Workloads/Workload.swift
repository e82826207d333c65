package import SystolicCompiler
public import SystolicModel

/// A list of layers that run one after another.
public struct Workload: Hashable, Sendable {
  /// The name in reports.
  public var name: String
  /// In the order in which they run.
  public var layers: [Layer]
  /// All layers are one program, which is launched once; otherwise each is one.
  public var isOneProgram: Bool
  /// What the reader of the file has to say of it as a whole: parts that it left out.
  package var notes: [String]

  /// A workload that is one program unless said otherwise.
  public init(name: String, layers: [Layer], isOneProgram: Bool = true, notes: [String] = []) {
    self.name = name
    self.layers = layers
    self.isOneProgram = isOneProgram
    self.notes = notes
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
    /// What it computes.
    public var shape: Shape
    /// Times that the layer runs, one after another.
    public var count: Int
    /// Where it is written, `file:line`; `nil` if in no file.
    public var place: String?
    /// How it was understood, where that could be taken otherwise.
    package var notes: [String]

    /// A layer that runs once unless said otherwise.
    public init(
      name: String, shape: Shape, count: Int = 1, place: String? = nil, notes: [String] = []
    ) {
      self.name = name
      self.shape = shape
      self.count = count
      self.place = place
      self.notes = notes
    }
  }

  /// Products of one shape whose left operand is made of patches that overlap in memory, as a
  /// convolution's are.
  public struct PatchProduct: Hashable, Sendable {
    /// Groups of the convolution.
    package var batch: Int
    /// The product of one group.
    package var gemm: GEMMShape
    /// Where the patches lie; an element counts as a byte. `nil` where they are a plain matrix.
    package var geometry: PatchGeometry?

    package init(batch: Int, gemm: GEMMShape, geometry: PatchGeometry?) {
      self.batch = batch
      self.gemm = gemm
      self.geometry = geometry
    }

    /// Elements that the patches are taken from.
    var inputElements: Int {
      guard let geometry else { return batch * gemm.m * gemm.k }
      return batch * geometry.images * geometry.rows.input * geometry.columns.input
        * geometry.placeBytes
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

  /// The estimates of `launched` as those of `layers`: figures of a first layer that occurs several
  /// times are those without the launch, which is in the total alone.
  func joined(_ estimates: [LayerEstimate]) -> [LayerEstimate] {
    guard estimates.count > layers.count else { return estimates }
    var first = estimates[1]
    first.count += 1
    return [first] + estimates.dropFirst(2)
  }

  /// An error about a layer with the line of the file on which that stands.
  package func located(_ error: WorkloadError) -> WorkloadError {
    let named = layers.filter { $0.name == error.place }
    guard named.count == 1, let place = named[0].place else { return error }
    return WorkloadError("\(place): \(error.place)", error.reason)
  }
}
