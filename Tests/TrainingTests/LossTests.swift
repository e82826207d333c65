import Foundation
import GraphIR
import Testing

@testable import Training

@Suite("Loss and accuracy")
struct LossTests {
  /// Losses and the derivatives of their sum, for logits `[batch, classes]`.
  private func evaluate(
    _ logits: Literal, labels: [Double]
  ) throws -> (losses: [Double], derivatives: [Double]) {
    var builder = GraphBuilder(name: "loss")
    let x = builder.parameter("logits", logits.type)
    let y = builder.parameter("labels", TensorType([labels.count], .i32))
    let loss = try SoftmaxCrossEntropy(logits: x, labels: y, in: &builder)
    let sum = try builder.reduce(.add, loss.losses, dimensions: [0])
    let derivative = try gradients(
      of: sum, withRespectTo: [x], holdingConstant: [loss.shift], in: &builder)
    builder.result("losses", loss.losses)
    builder.result("derivative", derivative[0])
    let values = try ReferenceEvaluator.evaluate(
      builder.build(), [logits, Literal(TensorType([labels.count], .i32), labels)])
    return (values[0].elements, values[1].elements)
  }

  @Test("the loss is minus the logarithm of the label's softmax, its derivative p - onehot")
  func definition() throws {
    var random = TestRandom(seed: 80)
    let logits = random.literal([5, 4], -3...3)
    let labels = [0, 3, 1, 2, 2]
    let result = try evaluate(logits, labels: labels.map(Double.init))
    for row in 0..<5 {
      let exponentials = (0..<4).map { exp(logits[row * 4 + $0]) }
      let sum = exponentials.reduce(0, +)
      // Sums of four f32 terms and one logarithm: some units of 2^-24 of values up to 7.
      let loss = -log(exponentials[labels[row]] / sum)
      #expect(abs(result.losses[row] - loss) < 0x1p-20)
      for column in 0..<4 {
        let expected = exponentials[column] / sum - (column == labels[row] ? 1.0 : 0.0)
        #expect(abs(result.derivatives[row * 4 + column] - expected) < 0x1p-21)
      }
    }
  }

  @Test("the derivative equals finite differences of the loss")
  func differences() throws {
    var random = TestRandom(seed: 81)
    let logits = random.literal([3, 4])
    let labels: [Double] = [2, 0, 3]
    let derivatives = try evaluate(logits, labels: labels).derivatives
    let h = 0x1p-6
    for position in 0..<12 {
      var sums: [Double] = []
      for delta in [h, -h] {
        var elements = logits.elements
        elements[position] += delta
        sums.append(
          try evaluate(Literal(logits.type, elements), labels: labels).losses.reduce(0, +))
      }
      // h²/6 |f'''| < 2e-5 and rounding 3 · 2^-24 · 2 / 2h = 1.2e-5.
      let difference = (sums[0] - sums[1]) / (2 * h)
      #expect(abs(difference - derivatives[position]) < 1e-4)
    }
  }

  @Test("huge logits give finite losses and derivatives")
  func stable() throws {
    let logits = Literal(TensorType([2, 2], .f32), [10_000, 0, -10_000, 10_000])
    let result = try evaluate(logits, labels: [0, 0])
    #expect(result.losses == [0, 20_000])
    #expect(result.derivatives == [0, 0, -1, 1])
  }

  @Test("an example counts as correct if its first greatest logit is at its label")
  func correctCount() throws {
    var builder = GraphBuilder(name: "accuracy")
    let x = builder.parameter("logits", TensorType([6, 3], .f32))
    let y = builder.parameter("labels", TensorType([6], .i32))
    builder.result("correct", try builder.correctCount(logits: x, labels: y))
    let graph = try builder.build()
    let logits = Literal(
      TensorType([6, 3], .f32),
      [
        1, 3, 2,  // greatest at 1
        5, 5, 0,  // tie: 0
        -2, -1, -1,  // tie: 1
        0, .nan, 1,  // none
        7, 0, 0,  // 0
        -.infinity, -.infinity, 2,  // 2
      ])
    func count(_ labels: [Double]) throws -> Double? {
      try ReferenceEvaluator.evaluate(
        graph, [logits, Literal(TensorType([6], .i32), labels)])[0].splat
    }
    #expect(try count([1, 0, 1, 2, 0, 2]) == 5)
    #expect(try count([2, 1, 2, 0, -1, 1]) == 0)
    #expect(try count([-1, -1, -1, -1, -1, -1]) == 0)
  }
}
