/// Which dimensions of a `dot_general` are batched and which are summed over.
///
/// The result's dimensions are: batch, then the free ones of the left operand, then of the right.
public struct DotDimensions: Hashable, Sendable {
  public var lhsBatching: [Int]
  public var rhsBatching: [Int]
  public var lhsContracting: [Int]
  public var rhsContracting: [Int]

  public init(
    lhsBatching: [Int] = [], rhsBatching: [Int] = [], lhsContracting: [Int],
    rhsContracting: [Int]
  ) {
    self.lhsBatching = lhsBatching
    self.rhsBatching = rhsBatching
    self.lhsContracting = lhsContracting
    self.rhsContracting = rhsContracting
  }

  /// `[m, k] · [k, n]`
  public static let matrixProduct = DotDimensions(lhsContracting: [1], rhsContracting: [0])

  /// The dimensions of the left operand that are neither batched nor contracted, ascending.
  public func lhsFree(rank: Int) -> [Int] {
    (0..<rank).filter { !lhsBatching.contains($0) && !lhsContracting.contains($0) }
  }

  /// The dimensions of the right operand that are neither batched nor contracted, ascending.
  public func rhsFree(rank: Int) -> [Int] {
    (0..<rank).filter { !rhsBatching.contains($0) && !rhsContracting.contains($0) }
  }
}

/// One spatial dimension of a window: size, steps, padding and dilation.
public struct WindowDimension: Hashable, Sendable {
  public var size: Int
  public var stride: Int
  /// Padding before the first element; negative cuts off.
  public var low: Int
  /// Padding after the last element; negative cuts off.
  public var high: Int
  /// Holes + 1 between elements of the operand (`lhs_dilation`, `base_dilations`).
  public var baseDilation: Int
  /// Holes + 1 between elements of the window (`rhs_dilation`, `window_dilations`).
  public var windowDilation: Int
  /// The window runs backwards (`window_reversal`; convolution only).
  public var isReversed: Bool

  public init(
    size: Int, stride: Int = 1, low: Int = 0, high: Int = 0, baseDilation: Int = 1,
    windowDilation: Int = 1, isReversed: Bool = false
  ) {
    self.size = size
    self.stride = stride
    self.low = low
    self.high = high
    self.baseDilation = baseDilation
    self.windowDilation = windowDilation
    self.isReversed = isReversed
  }

  /// Elements that the window spans, holes included.
  public var dilatedSize: Int { size == 0 ? 0 : (size - 1) * windowDilation + 1 }

  /// Positions of the window along an operand dimension of `extent` elements.
  public func outputSize(extent: Int) -> Int {
    let dilatedExtent = extent == 0 ? 0 : (extent - 1) * baseDilation + 1
    let padded = low + dilatedExtent + high
    return padded < dilatedSize ? 0 : (padded - dilatedSize) / stride + 1
  }
}

/// The window of `reduce_window` and `select_and_scatter`: one entry a dimension of the operand.
public struct WindowAttributes: Hashable, Sendable {
  public var dimensions: [WindowDimension]

  public init(_ dimensions: [WindowDimension]) { self.dimensions = dimensions }
}

/// Where batch, features and space lie in the operands and result of a convolution.
public struct ConvolutionDimensions: Hashable, Sendable {
  public var inputBatch: Int
  public var inputFeature: Int
  public var inputSpatial: [Int]
  public var kernelInputFeature: Int
  public var kernelOutputFeature: Int
  public var kernelSpatial: [Int]
  public var outputBatch: Int
  public var outputFeature: Int
  public var outputSpatial: [Int]

  public init(
    inputBatch: Int, inputFeature: Int, inputSpatial: [Int], kernelInputFeature: Int,
    kernelOutputFeature: Int, kernelSpatial: [Int], outputBatch: Int, outputFeature: Int,
    outputSpatial: [Int]
  ) {
    self.inputBatch = inputBatch
    self.inputFeature = inputFeature
    self.inputSpatial = inputSpatial
    self.kernelInputFeature = kernelInputFeature
    self.kernelOutputFeature = kernelOutputFeature
    self.kernelSpatial = kernelSpatial
    self.outputBatch = outputBatch
    self.outputFeature = outputFeature
    self.outputSpatial = outputSpatial
  }

  /// Input `[n, h, w, c]`, kernel `[h, w, i, o]`, output `[n, h, w, c]`.
  public static let nhwc = ConvolutionDimensions(
    inputBatch: 0, inputFeature: 3, inputSpatial: [1, 2], kernelInputFeature: 2,
    kernelOutputFeature: 3, kernelSpatial: [0, 1], outputBatch: 0, outputFeature: 3,
    outputSpatial: [1, 2])
}

/// The attributes of a `convolution`.
public struct ConvolutionAttributes: Hashable, Sendable {
  /// One entry a spatial dimension; `size` is the kernel's.
  public var window: [WindowDimension]
  public var dimensions: ConvolutionDimensions
  public var featureGroupCount: Int
  public var batchGroupCount: Int

  public init(
    window: [WindowDimension], dimensions: ConvolutionDimensions = .nhwc,
    featureGroupCount: Int = 1, batchGroupCount: Int = 1
  ) {
    self.window = window
    self.dimensions = dimensions
    self.featureGroupCount = featureGroupCount
    self.batchGroupCount = batchGroupCount
  }
}
