import Foundation
import GraphIR
import Testing

@testable import Training

@Suite("Optimizers")
struct OptimizerTests {
  /// Runs one parameter through steps with the given gradients on the evaluator.
  private func parameters(
    _ optimizer: any Optimizer, start: Literal, gradients: [Literal]
  ) throws -> [Literal] {
    let graph = try Self.graph(optimizer, start.type)
    var state =
      optimizer.scalarNames.map { _ in Literal(.scalar(.f32), splat: 0) }
      + optimizer.slotNames.map { _ in Literal(start.type, splat: 0) }
    var parameter = start
    var history: [Literal] = []
    for gradient in gradients {
      let results = try ReferenceEvaluator.evaluate(graph, [parameter, gradient] + state)
      parameter = results[0]
      state = Array(results.dropFirst())
      history.append(parameter)
    }
    return history
  }

  private static func graph(_ optimizer: any Optimizer, _ type: TensorType) throws -> Graph {
    var builder = GraphBuilder(name: "update")
    let parameter = builder.parameter("p", type)
    let gradient = builder.parameter("g", type)
    let scalars = optimizer.scalarNames.map { builder.parameter($0, .scalar(.f32)) }
    let slots = optimizer.slotNames.map { builder.parameter($0, type) }
    let advanced = try optimizer.advance(
      scalars: scalars, rate: builder.scalar(optimizer.learningRate), in: &builder)
    let updated = try optimizer.update(
      parameter, gradient: gradient, slots: slots, factors: advanced.factors, in: &builder)
    for (index, value) in ([updated.parameter] + advanced.scalars + updated.slots).enumerated() {
      builder.result("\(index)", value)
    }
    return try builder.build()
  }

  private func scalarSteps(_ optimizer: any Optimizer, _ gradients: [Double]) throws -> [Double] {
    try parameters(
      optimizer, start: Literal(.scalar(.f32), splat: 1),
      gradients: gradients.map { Literal(.scalar(.f32), splat: $0) }
    ).map { $0[0] }
  }

  @Test("three steps of plain descent")
  func sgd() throws {
    // p = 1 - 0.5 · 1 = 0.5; 0.5 - 0.5 · (-2) = 1.5; 1.5 - 0.5 · 0.5 = 1.25.
    #expect(try scalarSteps(SGD(learningRate: 0.5), [1, -2, 0.5]) == [0.5, 1.5, 1.25])
  }

  @Test("three steps of descent with momentum")
  func momentum() throws {
    // momentum 0.5, rate 0.25. v = 1, p = 1 - 0.25 = 0.75; v = 0.5 - 2 = -1.5, p = 1.125;
    // v = -0.75 + 0.5 = -0.25, p = 1.1875.
    #expect(
      try scalarSteps(Momentum(learningRate: 0.25, momentum: 0.5), [1, -2, 0.5])
        == [0.75, 1.125, 1.1875])
  }

  @Test("three steps of Adam")
  func adam() throws {
    // β1 = β2 = 0.5, η = 0.25, ε = 0, g = 2, -2, 2.
    // v / (1 - β2^t) is the weighted mean of g² = 4, so the denominator is 2 each time.
    // m = 1, m / (1 - 1/2) = 2: p = 1 - 0.25 · 2 / 2 = 0.75.
    // m = 0.5 - 1 = -0.5, / (1 - 1/4) = -2/3: p = 0.75 + 0.25 / 3 = 5/6.
    // m = -0.25 + 1 = 0.75, / (1 - 1/8) = 6/7: p = 5/6 - 0.25 · 3/7 = 61/84.
    let adam = Adam(learningRate: 0.25, beta1: 0.5, beta2: 0.5, epsilon: 1e-30)
    let steps = try scalarSteps(adam, [2, -2, 2])
    for (step, expected) in zip(steps, [0.75, 5.0 / 6, 61.0 / 84]) {
      #expect(abs(step - expected) <= 4 * 0x1p-24)
    }
  }

  @Test("many steps of Adam follow PyTorch's formula")
  func adamAgainstPyTorch() throws {
    let count = 6
    var random = TestRandom(seed: 90)
    let start = random.literal([count])
    let gradients = (0..<40).map { _ in random.literal([count], -2...2) }
    let history = try parameters(Adam(learningRate: 0.01), start: start, gradients: gradients)
    var p = start.elements
    var m = [Double](repeating: 0, count: count)
    var v = m
    for (t, gradient) in gradients.enumerated() {
      // torch.optim.Adam, _single_tensor_adam, in Double.
      let (correction1, correction2) = (1 - pow(0.9, Double(t + 1)), 1 - pow(0.999, Double(t + 1)))
      for i in 0..<count {
        let g = gradient[i]
        m[i] = 0.9 * m[i] + 0.1 * g
        v[i] = 0.999 * v[i] + 0.001 * g * g
        let denominator = v[i].squareRoot() / correction2.squareRoot() + 1e-8
        p[i] -= 0.01 / correction1 * (m[i] / denominator)
        // Each step moves by at most about 0.01 with relative errors of some 2^-24, and rounds a
        // p of order 1 once: 40 · 2^-25 in all.
        let error: Double = abs(history[t][i] - p[i])
        #expect(error < 45 * 0x1p-25)
      }
    }
  }

  @Test("Adam costs thirteen operations an element; the rest is scalar")
  func adamOperations() throws {
    let graph = try Self.graph(Adam(), TensorType([7], .f32))
    let elementwise = graph.instructions.filter {
      $0.type.rank == 1 && $0.operation.isElementwise
    }
    #expect(
      elementwise.map(\.operation.name) == [
        "multiply", "multiply", "add",  // m = β1 m + (1 - β1) g
        "multiply", "multiply", "multiply", "add",  // v = β2 v + (1 - β2) g²
        "sqrt", "multiply", "add",  // sqrt(v) s + ε
        "divide", "multiply", "subtract",  // p - a (m / d)
      ])
  }

  @Test("the catalogues make what they list and name what there is")
  func catalogs() throws {
    for name in OptimizerCatalog.names {
      #expect(try OptimizerCatalog.optimizer(named: name, learningRate: 0.1).name == name)
    }
    #expect(
      throws: TrainingError.unknownOptimizer(name: "lion"),
      performing: { try OptimizerCatalog.optimizer(named: "lion", learningRate: 0.1) })
    #expect(
      TrainingError.unknownOptimizer(name: "lion").description
        == "No optimizer is called 'lion'. Use one of: adam, adamw, momentum, sgd.")
  }
}
