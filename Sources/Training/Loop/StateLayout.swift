internal import GraphIR

/// Where each part of a training program's state lies: the model's parameters and statistics, the
/// ranges of quantization-aware training, the optimizer's scalars, its slots parameter by parameter,
/// what the precision keeps, and what the model's random bits come from.
///
/// Every range is one of indices into `tensors`, and into anything that has one element for each:
/// values of a graph, literals, buffers.
package struct StateLayout: Sendable {
  /// The whole state in order, as the graph is built: before the precision narrows it.
  package let tensors: [StateTensor]
  package let parameters: Range<Int>
  package let statistics: Range<Int>
  package let ranges: Range<Int>
  /// The optimizer's scalars.
  package let scalars: Range<Int>
  /// The optimizer's tensors of a parameter's shape.
  package let slots: Range<Int>
  /// The scalars of loss scaling, or the key of stochastic rounding.
  package let precision: Range<Int>
  /// The key of the model's random bits, where it draws some; the last word counts steps.
  package let draws: Range<Int>
  private let slotsPerParameter: Int

  init(
    parameters: [StateTensor], statistics: [StateTensor] = [], ranges: [StateTensor] = [],
    optimizer: any Optimizer, precision: PrecisionSettings = .fp32, drawsRandomBits: Bool = false
  ) {
    let scalars = optimizer.scalarNames.map {
      StateTensor(name: "\(optimizer.name).\($0)", type: .scalar(.f32), initializer: .zeros)
    }
    let slots = parameters.flatMap { parameter in
      optimizer.slotNames.map {
        StateTensor(name: "\(parameter.name).\($0)", type: parameter.type, initializer: .zeros)
      }
    }
    var tensors: [StateTensor] = []
    func place(_ part: [StateTensor]) -> Range<Int> {
      tensors += part
      return tensors.count - part.count..<tensors.count
    }
    self.parameters = place(parameters)
    self.statistics = place(statistics)
    self.ranges = place(ranges)
    self.scalars = place(scalars)
    self.slots = place(slots)
    self.precision = place(precision.state)
    let key = StateTensor(
      name: Self.drawKeyName, type: TensorType([2], .i32), initializer: .stepKey)
    draws = place(drawsRandomBits ? [key] : [])
    slotsPerParameter = optimizer.slotNames.count
    self.tensors = tensors
  }

  /// The name of the tensor that the model's random bits come from.
  package static let drawKeyName = "dropout.key"

  /// What an evaluation graph takes: parameters, statistics and ranges, which come first.
  package var model: Range<Int> { parameters.lowerBound..<ranges.upperBound }

  /// The optimizer's slots for a parameter.
  ///
  /// - Parameter index: of the parameter among the parameters.
  package func slots(ofParameter index: Int) -> Range<Int> {
    let first = slots.lowerBound + index * slotsPerParameter
    return first..<first + slotsPerParameter
  }
}
