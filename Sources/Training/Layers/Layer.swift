public import GraphIR

/// A part of a model: a function from one tensor to another, with parameters to learn.
public protocol Layer: Sendable {
  /// What it is called in reports and in the names of its parameters: `dense1`.
  var name: String { get }

  /// What it learns, in the order in which `output` finds it.
  var parameters: [StateTensor] { get }

  /// What it keeps without learning it: running averages.
  var statistics: [StateTensor] { get }

  /// How many tensors of random bits it draws in training.
  var drawCount: Int { get }

  /// Adds the layer to a graph; `x` and the result are f32, the batch is dimension 0.
  ///
  /// - Throws: `GraphError` if the shape of `x` does not fit the layer.
  func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID
}

extension Layer {
  /// None, unless a layer says otherwise.
  public var statistics: [StateTensor] { [] }

  /// None, unless a layer says otherwise.
  public var drawCount: Int { 0 }

  /// Adds a layer that keeps no statistics, as it is in evaluation.
  func output(
    of x: ValueID, parameters: [ValueID], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    var context = LayerContext(phase: .evaluation, parameters: parameters)
    return try output(of: x, &context, in: &builder)
  }
}

/// What a layer works with besides its input.
public struct LayerContext {
  /// What the graph is for.
  public enum Phase: Hashable, Sendable {
    /// Statistics are gathered and elements dropped in training only.
    case training, evaluation
  }

  package let phase: Phase
  /// One value for each of the layer's `parameters`.
  public let parameters: [ValueID]
  /// One value for each of its `statistics`; in training the layer puts the new ones here.
  package var statistics: [ValueID]
  /// What random bits come from in training, i32 `[2]`; see `StateLayout.draws`.
  private let key: ValueID?
  /// The stream of the layer's next draw.
  private var stream: Int
  /// Values that differentiation holds constant.
  private(set) var constants: [ValueID] = []

  /// - Parameters:
  ///   - key: for layers that draw random bits, i32 `[2]`.
  ///   - stream: of their first draw; each has one of its own.
  package init(
    phase: Phase, parameters: [ValueID], statistics: [ValueID] = [], key: ValueID? = nil,
    stream: Int = 0
  ) {
    self.phase = phase
    self.parameters = parameters
    self.statistics = statistics
    self.key = key
    self.stream = stream
  }

  /// Uniform bits, i32 of this shape: others in each step and for each draw of a model.
  ///
  /// - Precondition: the layer states this draw in its `drawCount`.
  package mutating func randomBits(
    _ shape: [Int], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    guard let key else { preconditionFailure("a training step has a key where layers draw") }
    defer { stream += 1 }
    return try builder.randomBits(TensorType(shape, .i32), key: key, stream: stream)
  }
}

extension LayerContext {
  /// The result is known not to change with a value: derivatives leave the way through it out.
  mutating func holdConstant(_ value: ValueID) { constants.append(value) }

  /// One context for each of some runs of layers, which follow one another.
  func divided(_ runs: [[any Layer]]) -> [LayerContext] {
    var (parameters, statistics, stream) = (parameters[...], statistics[...], stream)
    return runs.map { layers in
      let parameterCount = layers.reduce(0) { $0 + $1.parameters.count }
      let statisticCount = layers.reduce(0) { $0 + $1.statistics.count }
      defer {
        parameters = parameters.dropFirst(parameterCount)
        statistics = statistics.dropFirst(statisticCount)
        stream += layers.reduce(0) { $0 + $1.drawCount }
      }
      return LayerContext(
        phase: phase, parameters: Array(parameters.prefix(parameterCount)),
        statistics: Array(statistics.prefix(statisticCount)), key: key, stream: stream)
    }
  }

  /// Takes what layers that share this context have made, in their order; `statistics` are the new ones.
  mutating func take(_ parts: [LayerContext]) {
    statistics = parts.flatMap(\.statistics)
    constants += parts.flatMap(\.constants)
  }
}

extension [any Layer] {
  /// Adds the layers one after another, each in a scope of its name.
  ///
  /// - Parameter context: of all of them; their parameters and statistics one after another.
  /// - Throws: `GraphError` if the layers do not fit each other.
  func output(
    of x: ValueID, _ context: inout LayerContext, in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID {
    var y = x
    var parts: [LayerContext] = []
    for (layer, part) in zip(self, context.divided(map { [$0] })) {
      var own = part
      y = try builder.withScope(layer.name) { (builder) throws(GraphError) in
        try layer.output(of: y, &own, in: &builder)
      }
      parts.append(own)
    }
    context.take(parts)
    return y
  }
}

/// A tensor that lives on the device for the whole run: learnt, or kept by the optimizer.
public struct StateTensor: Hashable, Sendable {
  /// Unique in the run: `dense1.weight`, `dense1.weight.m`.
  public var name: String
  /// Shape and element type.
  public var type: TensorType
  package var initializer: Initializer

  package init(name: String, type: TensorType, initializer: Initializer) {
    self.name = name
    self.type = type
    self.initializer = initializer
  }
}
