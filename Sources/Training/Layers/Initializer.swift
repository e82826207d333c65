package import Datasets
package import GraphIR

/// How a tensor is filled before training.
package enum Initializer: Hashable, Sendable {
  case zeros
  case ones
  /// Normal, mean 0, standard deviation `sqrt(2 / fanIn)`: for layers before a ReLU.
  ///
  /// - Source: He et al., "Delving deep into rectifiers", ICCV 2015, equation 10.
  case heNormal(fanIn: Int)
  /// Uniform in ±`sqrt(6 / (fanIn + fanOut))`.
  ///
  /// - Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward
  ///   neural networks", AISTATS 2010, equation 16.
  case glorotUniform(fanIn: Int, fanOut: Int)
  /// Normal, mean 0.
  case normal(deviation: Double)
  /// The same value everywhere.
  case constant(Double)
  /// Random i32 values, but the last is 0: it counts steps.
  case stepKey

  /// The elements of a tensor, drawn in row-major order.
  package func literal(_ type: TensorType, using generator: inout SeededGenerator) -> Literal {
    switch self {
    case .zeros: return Literal(type, splat: 0)
    case .constant(let value): return Literal(type, splat: value)
    case .stepKey:
      let counter = type.elementCount - 1
      return Literal(
        type,
        (0..<type.elementCount).map { index in
          index == counter
            ? 0 : Double(Int32(bitPattern: UInt32(truncatingIfNeeded: generator.next())))
        })
    case .ones: return Literal(type, splat: 1)
    case .heNormal(let fanIn):
      return Initializer.normal(deviation: (2 / Double(fanIn)).squareRoot())
        .literal(type, using: &generator)
    case .normal(let deviation):
      return Literal(
        type, (0..<type.elementCount).map { _ in deviation * generator.nextNormal() })
    case .glorotUniform(let fanIn, let fanOut):
      let limit = (6 / Double(fanIn + fanOut)).squareRoot()
      return Literal(
        type, (0..<type.elementCount).map { _ in limit * (2 * generator.nextUniform() - 1) })
    }
  }
}
