public import GraphIR

/// A part of a model: a function from one tensor to another, with parameters to learn.
public protocol Layer: Sendable {
  /// What it is called in reports and in the names of its parameters: `dense1`.
  var name: String { get }

  /// What it learns, in the order in which `output` finds it.
  var parameters: [StateTensor] { get }

  /// What it keeps without learning it: running averages.
  var statistics: [StateTensor] { get }

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
  /// The masks that the layer asked for, in order.
  private(set) var masks: [DropoutMask] = []

  package init(phase: Phase, parameters: [ValueID], statistics: [ValueID] = []) {
    self.phase = phase
    self.parameters = parameters
    self.statistics = statistics
  }

  /// A tensor of ones and zeros that the training loop draws anew for each step, as ui8 infeed.
  ///
  /// - Parameter dropProbability: of a zero.
  package mutating func mask(
    _ name: String, shape: [Int], dropProbability: Double, in builder: inout GraphBuilder
  ) -> ValueID {
    let type = TensorType(shape, .ui8)
    masks.append(DropoutMask(name: name, type: type, dropProbability: dropProbability))
    return builder.parameter(name, type, role: .infeed)
  }
}

/// A mask that the host draws for each training step.
package struct DropoutMask: Hashable, Sendable {
  /// The name of the infeed parameter.
  package var name: String
  package var type: TensorType
  /// The probability of a zero; other elements are 1.
  package var dropProbability: Double
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
