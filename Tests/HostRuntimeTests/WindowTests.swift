import TestSupport
import CKernels
import DeviceAPI
import GraphIR
import HostRuntime
import Testing

extension CKernelsTests {
  @Test("windows give the evaluator's bits for any window, on all levels", arguments: 0..<30)
  func windows(seed: UInt64) throws {
    var random = KernelRandom(state: seed &* 641 &+ 3)
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let shape = [draw(1...3), draw(2...6), draw(2...6), [1, 3, 18][draw(0...2)]]
    let spatial = (0..<2).map { _ in
      WindowDimension(
        size: draw(1...3), stride: draw(1...3), low: draw(0...1), high: draw(0...1))
    }
    let dilated = spatial.map { dimension in
      var dimension = dimension
      dimension.windowDilation = draw(1...2)
      dimension.baseDilation = draw(1...2)
      return dimension
    }
    let trivial = WindowDimension(size: 1)
    let window = WindowAttributes([trivial] + spatial + [trivial])
    // Multiples of 2^-10 add up without rounding, which the evaluator leaves to the end.
    // Equal values meet in a window now and then, and so do NaNs and zeros of both signs.
    func literal(_ shape: [Int]) -> Literal {
      let type = TensorType(shape, .f32)
      let special: [Double] = [.nan, -0.0, 0, .infinity, 1, 1, 1]
      return Literal(
        type,
        (0..<type.elementCount).map { _ in
          seed % 2 == 0 && draw(0...3) == 0
            ? special[draw(0...6)] : Double(draw(-1024...1024)) / 1024
        })
    }
    let input = literal(shape)
    var b = GraphBuilder(name: "windows")
    let x = b.parameter("x", input.type)
    let greatest = try b.reduceWindow(.maximum, x, window)
    b.result("maximum", greatest)
    b.result("sum", try b.reduceWindow(.add, x, window))
    let wide = WindowAttributes([trivial] + dilated + [trivial])
    b.result("dilated maximum", try b.reduceWindow(.maximum, x, wide))
    b.result("dilated sum", try b.reduceWindow(.add, x, wide))
    let sourceType = b.type(of: greatest)
    let source = b.parameter("source", sourceType)
    let start = try b.scalar(0.5)
    b.result("scatter", try b.append(.selectAndScatter(window), [x, source, start]))
    let graph = try b.build()
    let inputs = [input, literal(sourceType.shape)]
    let expected = try ReferenceEvaluator.evaluate(graph, inputs)
    try forEachKernelLevel { level in
      for threads in [1, 3] {
        let results = try LoopDevice().run(
          graph, inputs, options: CompileOptions(threads: threads))
        for (index, (result, reference)) in zip(results, expected).enumerated() {
          let differs = zip(result.elements, reference.elements).enumerated().first {
            !sameFloat(Float($0.element.0), Float($0.element.1))
          }
          #expect(
            differs == nil, "level \(level), \(graph.results[index].name) of \(shape): \(spatial)")
        }
      }
    }
  }

  @Test("a bias over a few features of a large image is added in long rows")
  func shortRows() throws {
    let image = TensorType([3, 31, 67, 3], .f32)
    var b = GraphBuilder(name: "bias")
    let x = b.parameter("x", image)
    let bias = b.parameter("bias", TensorType([3], .f32))
    let column = b.parameter("column", TensorType([3, 31, 67], .f32))
    let sum = try b.add(x, b.broadcast(bias, to: image.shape, dimensions: [3]))
    b.result("y", try b.multiply(sum, b.broadcast(column, to: image.shape, dimensions: [0, 1, 2])))
    let graph = try b.build()
    var random = KernelRandom(state: 9)
    let inputs = graph.parameters.map { parameter in
      Literal(
        parameter.type,
        (0..<parameter.type.elementCount).map { _ in Double(random.float(specialOnceIn: 0)) })
    }
    #expect(try LoopDevice().run(graph, inputs) == ReferenceEvaluator.evaluate(graph, inputs))
  }
}
