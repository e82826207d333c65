import ConfigFiles
import DeviceAPI
import GraphIR
import GraphPasses
import SystolicCompiler
import SystolicSim
import Testing
import TestSupport
import Units

@Suite("Products in passes of bf16 on the simulated chip")
struct ProductPrecisionTests {
  private static func graph(_ size: Int, _ precision: ProductPrecision) throws -> Graph {
    var b = GraphBuilder(name: "product")
    let x = b.parameter("x", TensorType([size, size], .f32))
    let w = b.parameter("w", TensorType([size, size], .f32))
    b.result("y", try b.dotGeneral(x, w), donating: x)
    return try ProductPrecisionPass(precision).run(b.build())
  }

  /// The greatest error of an element relative to the sum of its terms' magnitudes.
  private static func error(_ precision: ProductPrecision) throws -> Double {
    let size = 24
    var state = UInt64(7)
    func operand() -> Literal {
      Literal(
        TensorType([size, size], .f32),
        (0..<size * size).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return Double(Int64(bitPattern: state) >> 11) / Double(1 << 52)
        })
    }
    let (x, w) = (operand(), operand())
    let device = SystolicDevice(chip: try PrecisionAndFusionTests.chip())
    let y = try device.run(graph(size, precision), [x, w])[0]
    var largest = 0.0
    for row in 0..<size {
      for column in 0..<size {
        var (exact, magnitude) = (0.0, 0.0)
        for index in 0..<size {
          let term = x[row * size + index] * w[index * size + column]
          exact += term
          magnitude += abs(term)
        }
        largest = max(largest, abs(y[row * size + column] - exact) / magnitude)
      }
    }
    return largest
  }

  // Two roundings to 8 digits; two parts; three, and 24 sums in f32.
  @Test("the error falls from 2⁻⁸ to 2⁻¹⁶ to that of sums in f32")
  func errors() throws {
    let errors = try ProductPrecision.allCases.map(Self.error)
    #expect(errors[0] <= 0x1p-8 && errors[0] > 0x1p-13)
    #expect(errors[1] <= 0x1p-16 && errors[1] > 0x1p-22)
    #expect(errors[2] <= 30 * 0x1p-24)
    #expect(errors[1] < errors[0] / 100 && errors[2] < errors[1] / 5)
  }

  @Test("the array does 3 and 6 times the work, for 3 and 6 times its energy and about the time")
  func costs() throws {
    let chip = try PrecisionAndFusionTests.chip("tpu-v3")
    let costs = try ProductPrecision.allCases.map {
      try SystolicCompiler(chip: chip).compile(Self.graph(1024, $0)).cost
    }
    func compute(_ cost: SimulatedCost) -> Int {
      cost.steady.units.filter { $0.name == "mxu" }.reduce(0) { $0 + $1.busy[0].count }
    }
    #expect(compute(costs[0]) > 0)
    for (cost, factor) in zip(costs, [1, 3, 6]) {
      #expect(cost.macs == factor * costs[0].macs)
      #expect(compute(cost) == factor * compute(costs[0]))
      #expect(
        abs(cost.steady.energy[.mxu].value / costs[0].steady.energy[.mxu].value - Double(factor))
          < 1e-9)
      let time = Double(cost.steady.cycles.count) / Double(costs[0].steady.cycles.count)
      #expect(time >= 0.9 * Double(factor) && time <= 2 * Double(factor), "\(time)")
    }
  }
}
