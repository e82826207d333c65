public import DeviceAPI

/// A part of a model: a function from one tensor to another, with parameters to learn.
public protocol Layer: Sendable {
  /// What it is called in reports and in the names of its parameters: `dense1`.
  var name: String { get }

  /// What it learns, in the order in which `output` takes it.
  var parameters: [StateTensor] { get }

  /// Adds the layer to a graph; `x` and the result are f32, the batch is dimension 0.
  ///
  /// - Throws: `GraphError` if the shape of `x` does not fit the layer.
  func output(
    of x: ValueID, parameters: [ValueID], in builder: inout GraphBuilder
  ) throws(GraphError) -> ValueID
}

/// A tensor that lives on the device for the whole run: learnt, or kept by the optimizer.
public struct StateTensor: Hashable, Sendable {
  /// Unique in the run: `dense1.weight`, `dense1.weight.m`.
  public var name: String
  public var type: TensorType
  public var initializer: Initializer

  public init(name: String, type: TensorType, initializer: Initializer) {
    self.name = name
    self.type = type
    self.initializer = initializer
  }
}
