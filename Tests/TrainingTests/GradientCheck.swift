import Units
import GraphIR
import Testing

@testable import Training

/// Compares derivatives from `gradients` with central finite differences on the evaluator.
///
/// The function under test maps parameters to any tensor; the loss is its elements times fixed
/// weights of mixed sign. For the differences that sum is formed here in Double from the f32
/// elements, so that only their own rounding, 2^-24 |y|, enters. With h = 2^-6 it weighs
/// 2^-24 / 2h = 2^-19 a term, and cutting the series off costs h²/6 |f'''| = 4e-5 |f'''|. For
/// functions with elements, weights and derivatives of order 1 and sums of at most some tens of
/// terms, both stay below 1e-3.
struct GradientCheck {
  static let h = 0x1p-6
  static let tolerance = 2e-3

  let forward: Graph
  let backward: Graph
  let inputs: [Literal]
  let targets: [Int]
  let weights: [Double]

  /// - Parameter targets: which inputs to differentiate by; all unless given.
  init(
    _ inputs: [Literal], targets: [Int]? = nil,
    _ body: (inout GraphBuilder, [ValueID]) throws(GraphError) -> ValueID
  ) throws {
    self.inputs = inputs
    self.targets = targets ?? Array(inputs.indices)
    var builder = GraphBuilder(name: "checked")
    var parameters: [ValueID] = []
    for (index, input) in inputs.enumerated() {
      parameters.append(builder.parameter("p\(index)", input.type))
    }
    let output = try body(&builder, parameters)
    let type = builder.type(of: output)
    var forwardBuilder = builder
    forwardBuilder.result("output", output)
    forward = try forwardBuilder.build()

    var random = TestRandom(seed: 99)
    weights = (0..<type.elementCount).map { _ in
      DType.f32.rounding(random.value(in: 0.5...1.5) * (random.flips() ? 1 : -1))
    }
    let weighted = try builder.multiply(output, builder.constant(Literal(type, weights)))
    let loss = try builder.reduce(.add, weighted, dimensions: Array(0..<type.rank))
    let derivatives = try gradients(
      of: loss, withRespectTo: self.targets.map { parameters[$0] }, in: &builder)
    for (index, derivative) in derivatives.enumerated() {
      builder.result("d\(index)", derivative)
    }
    backward = try builder.build()
  }

  /// The weighted sum with element `position` of input `target` moved by `delta`.
  private func loss(_ target: Int, _ position: Int, _ delta: Double) throws -> Double {
    var moved = inputs
    var elements = moved[target].elements
    elements[position] += delta
    moved[target] = Literal(moved[target].type, elements)
    let output = try ReferenceEvaluator.evaluate(forward, moved)[0]
    return zip(output.elements, weights).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Fails the test for each derivative that differs, and if none is other than zero.
  func run(
    _ name: String = "", h: Double = GradientCheck.h,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let derivatives = try ReferenceEvaluator.evaluate(backward, inputs)
    for (target, derivative) in zip(targets, derivatives) {
      #expect(derivative.type == inputs[target].type, sourceLocation: sourceLocation)
      #expect(
        derivative.elements.contains { $0 != 0 }, "\(name): input \(target) has no derivative",
        sourceLocation: sourceLocation)
      for position in 0..<derivative.type.elementCount {
        let difference =
          (try loss(target, position, h) - loss(target, position, -h)) / (2 * h)
        let error = abs(difference - derivative[position])
        let bound = Self.tolerance * max(1, abs(difference))
        #expect(
          error <= bound,
          "\(name): input \(target)[\(position)]: \(derivative[position]), by differences \(difference)",
          sourceLocation: sourceLocation)
      }
    }
  }
}

/// Checks the derivatives of a layer by its input and by every parameter, or by some of them.
func checkGradients(_ layer: any Layer, input: Literal, targets: [Int]? = nil) throws {
  var random = TestRandom(seed: 70)
  let parameters = layer.parameters.map { random.literal($0.type.shape) }
  try GradientCheck([input] + parameters, targets: targets) { (builder, p) throws(GraphError) in
    try layer.output(of: p[0], parameters: Array(p.dropFirst()), in: &builder)
  }.run(layer.name)
}

/// What a layer makes of its input and parameters, by the evaluator.
func output(_ layer: any Layer, _ inputs: [Literal]) throws -> Literal {
  var builder = GraphBuilder(name: "layer")
  let values = inputs.enumerated().map { builder.parameter("p\($0)", $1.type) }
  let result = try layer.output(
    of: values[0], parameters: Array(values.dropFirst()), in: &builder)
  builder.result("output", result)
  return try ReferenceEvaluator.evaluate(builder.build(), inputs)[0]
}

/// Fixed pseudo-random numbers for tests (SplitMix64).
struct TestRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  mutating func value(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + Double(next() >> 11) * 0x1p-53 * (range.upperBound - range.lowerBound)
  }

  mutating func flips() -> Bool { next() & 1 == 1 }

  /// An f32 tensor of numbers in `range`.
  mutating func literal(_ shape: [Int], _ range: ClosedRange<Double> = -1...1) -> Literal {
    let type = TensorType(shape, .f32)
    return Literal(type, (0..<type.elementCount).map { _ in value(in: range) })
  }

  /// An f32 tensor whose elements are at least 1/8 apart, in random order: finite differences
  /// must not change which of them is greatest.
  mutating func distinct(_ shape: [Int]) -> Literal {
    let type = TensorType(shape, .f32)
    var elements = (0..<type.elementCount).map {
      (Double($0) - Double(type.elementCount) / 2) / 8
    }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, Int(next() % UInt64(last + 1)))
    }
    return Literal(type, elements)
  }
}
