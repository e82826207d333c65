/// How exactly a product of f32 operands is asked for on a device whose products are narrower.
///
/// - Source: StableHLO's `precision_config`.
public enum ProductPrecision: String, Hashable, Sendable, CaseIterable {
  /// As the device's products are.
  case standard = "default"
  /// As if operands had twice the digits.
  case high
  /// As near to f32 as can be had.
  case highest
}

/// Which dimensions of a `dot_general` are batched and which are summed over.
///
/// The result's dimensions are: batch, then the free ones of the left operand, then of the right.
public struct DotDimensions: Hashable, Sendable {
  /// Dimensions of the left operand that number the products of a batch.
  public var lhsBatching: [Int]
  /// Their partners in the right operand, in the same order and of the same sizes.
  public var rhsBatching: [Int]
  /// Dimensions of the left operand that are summed over.
  public var lhsContracting: [Int]
  /// Their partners in the right operand, in the same order and of the same sizes.
  public var rhsContracting: [Int]
  /// How exactly it is asked for.
  public var precision: ProductPrecision

  /// Names dimensions by their index; the verifier checks them against the operands.
  public init(
    lhsBatching: [Int] = [], rhsBatching: [Int] = [], lhsContracting: [Int],
    rhsContracting: [Int], precision: ProductPrecision = .standard
  ) {
    self.lhsBatching = lhsBatching
    self.rhsBatching = rhsBatching
    self.lhsContracting = lhsContracting
    self.rhsContracting = rhsContracting
    self.precision = precision
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
  /// Elements of the window, holes not counted.
  public var size: Int
  /// Elements from one position of the window to the next.
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

  /// A dimension without padding, dilation or steps unless they are given.
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
  /// One entry a dimension of the operand.
  public var dimensions: [WindowDimension]

  /// The window with these dimensions.
  public init(_ dimensions: [WindowDimension]) { self.dimensions = dimensions }
}

/// Where batch, features and space lie in the operands and result of a convolution.
public struct ConvolutionDimensions: Hashable, Sendable {
  /// Dimension of the input that numbers the samples.
  public var inputBatch: Int
  /// Dimension of the input that numbers the channels.
  public var inputFeature: Int
  /// Dimensions of the input that the window moves over.
  public var inputSpatial: [Int]
  /// Dimension of the kernel that numbers the channels of one group.
  public var kernelInputFeature: Int
  /// Dimension of the kernel that numbers the channels of the result.
  public var kernelOutputFeature: Int
  /// Dimensions of the kernel that are the window, in the order of `inputSpatial`.
  public var kernelSpatial: [Int]
  /// Dimension of the result that numbers the samples.
  public var outputBatch: Int
  /// Dimension of the result that numbers the channels.
  public var outputFeature: Int
  /// Dimensions of the result that number the window's positions.
  public var outputSpatial: [Int]

  /// Names every dimension; the verifier checks that none is missing or named twice.
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
  /// Which dimension of which operand is what.
  public var dimensions: ConvolutionDimensions
  /// Groups of input channels, each with kernels of its own; as many as channels is depthwise.
  public var featureGroupCount: Int
  /// Groups of samples, each with kernels of its own: the kernel gradient of a grouped convolution.
  public var batchGroupCount: Int
  /// How exactly it is asked for.
  public var precision: ProductPrecision

  /// A convolution in one group unless groups are given.
  public init(
    window: [WindowDimension], dimensions: ConvolutionDimensions = .nhwc,
    featureGroupCount: Int = 1, batchGroupCount: Int = 1, precision: ProductPrecision = .standard
  ) {
    self.window = window
    self.dimensions = dimensions
    self.featureGroupCount = featureGroupCount
    self.batchGroupCount = batchGroupCount
    self.precision = precision
  }
}
