internal import GraphIR

/// Dynamic loss scaling: the loss is multiplied so that gradients stay in the range of a narrow
/// type, and the gradients are divided again in f32.
///
/// A step with an infinite or undefined gradient changes nothing but the scale, which it multiplies
/// by `backoffFactor`; after `growthInterval` steps in a row without one, the scale is multiplied by
/// `growthFactor`. Factors that are powers of two make scaling exact.
///
/// - Source: Micikevicius et al., "Mixed precision training", ICLR 2018, section 3.2; rules and
///   values as in PyTorch's `torch.amp.GradScaler`.
package struct LossScaling: Hashable, Sendable {
  /// The scale before the first step.
  package var start: Double
  /// Steps without overflow after which the scale grows.
  package var growthInterval: Int
  package var growthFactor: Double
  package var backoffFactor: Double

  package init(
    start: Double = 65_536, growthInterval: Int = 2000, growthFactor: Double = 2,
    backoffFactor: Double = 0.5
  ) {
    self.start = start
    self.growthInterval = growthInterval
    self.growthFactor = growthFactor
    self.backoffFactor = backoffFactor
  }

  /// The scale goes no lower; a loss that overflows here overflows of itself.
  static let smallestScale = 1.0

  /// Counters are f32, exact up to here.
  private static let largestCount = 1 << 24

  /// The settings by name, in a fixed order.
  package var hyperparameters: [Hyperparameter] {
    [
      Hyperparameter(name: "start", value: start),
      Hyperparameter(name: "growthInterval", value: Double(growthInterval)),
      Hyperparameter(name: "growthFactor", value: growthFactor),
      Hyperparameter(name: "backoffFactor", value: backoffFactor),
    ]
  }

  func validate() throws(TrainingError) {
    func require(_ name: String, _ value: String, _ isSound: Bool, _ expected: String)
      throws(TrainingError)
    {
      if !isSound {
        throw .invalidSetting(name: "loss scaling's \(name)", value: value, expected: expected)
      }
    }
    try require(
      "start", "\(start)", (Self.smallestScale...0x1p100).contains(start), "from 1 to 2^100")
    try require(
      "growth interval", "\(growthInterval)", (1..<Self.largestCount).contains(growthInterval),
      "from 1 to \(Self.largestCount - 1)")
    try require(
      "growth factor", "\(growthFactor)", (1...1024).contains(growthFactor), "from 1 to 1024")
    try require(
      "backoff factor", "\(backoffFactor)", backoffFactor > 0 && backoffFactor < 1,
      "above 0 and below 1")
  }

  /// f32 scalars: the scale, steps since it last changed, steps skipped in all.
  var state: [StateTensor] {
    [
      StateTensor(
        name: "lossScale.scale", type: .scalar(.f32), initializer: .constant(start)),
      StateTensor(name: "lossScale.goodSteps", type: .scalar(.f32), initializer: .zeros),
      StateTensor(name: "lossScale.skippedSteps", type: .scalar(.f32), initializer: .zeros),
    ]
  }
}

/// The part of a step graph that scales the loss.
struct ScaledGradients {
  /// Divided by the scale again.
  let gradients: [ValueID]
  /// `i1`: every gradient is finite.
  let isFinite: ValueID

  /// - Parameters:
  ///   - scaled: the gradients of the scaled loss.
  ///   - scale: an f32 scalar.
  init(_ scaled: [ValueID], scale: ValueID, in builder: inout GraphBuilder) throws(GraphError) {
    var largest = try builder.scalar(0)
    for gradient in scaled {
      let rank = builder.type(of: gradient).rank
      let size = try builder.reduce(
        .maximum, builder.unary(.abs, gradient), dimensions: Array(0..<rank))
      largest = try builder.maximum(largest, size)
    }
    // False for NaN, which maxima hand on.
    isFinite = try builder.compare(.lt, largest, builder.scalar(.infinity))
    let inverse = try builder.divide(builder.scalar(1), scale)
    var gradients: [ValueID] = []
    for gradient in scaled {
      gradients.append(
        try builder.multiply(gradient, builder.broadcastScalar(inverse, like: gradient)))
    }
    self.gradients = gradients
  }
}

extension LossScaling {
  /// Adds the new values of `state`.
  ///
  /// - Parameter old: the scale, the good steps, the skipped steps.
  func advance(
    _ old: [ValueID], isFinite: ValueID, in builder: inout GraphBuilder
  ) throws(GraphError) -> [ValueID] {
    let one = try builder.scalar(1)
    let zero = try builder.scalar(0)
    let counted = try builder.add(old[1], one)
    let grows = try builder.compare(.ge, counted, builder.scalar(Double(growthInterval)))
    let larger = try builder.multiply(old[0], builder.scalar(growthFactor))
    // A scale that would overflow stays.
    let capped = try builder.select(
      builder.compare(.lt, larger, builder.scalar(.infinity)), larger, old[0])
    let smaller = try builder.maximum(
      builder.multiply(old[0], builder.scalar(backoffFactor)),
      builder.scalar(Self.smallestScale))
    let scale = try builder.select(
      isFinite, builder.select(grows, capped, old[0]), smaller)
    let good = try builder.select(isFinite, builder.select(grows, zero, counted), zero)
    let skipped = try builder.select(isFinite, old[2], builder.add(old[2], one))
    return [scale, good, skipped]
  }
}
