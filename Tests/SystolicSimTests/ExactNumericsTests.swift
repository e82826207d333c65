import ConfigFiles
import DeviceAPI
import GraphIR
import Oracles
import SystolicModel
import SystolicSim
import Testing
import TestSupport

/// The whole way of a product, graph to host kernel, against the array stepped PE by PE.
@Suite struct ExactNumericsTests {
  @Test(
    "a product on the device has the bits of the golden array",
    arguments: ["weightStationary", "outputStationary", "inputStationary"], 0..<12)
  func productBits(dataflow: String, seed: Int) throws {
    var random = Lehmer(state: UInt64(seed) &* 7919 &+ 12345)
    let (rows, columns) = (random.next(1...9), random.next(1...9))
    let chip = try Chip.load(
      "edge-8x8",
      overrides: [
        "mxu.rows=\(rows)", "mxu.columns=\(columns)", "mxu.dataflow=\(dataflow)",
      ], library: repositoryLibrary())
    let (m, n, k) = (random.next(1...20), random.next(1...20), random.next(1...40))
    let left = random.literal([m, k])
    let right = random.literal([k, n])

    var builder = GraphBuilder(name: "product")
    let a = builder.parameter("a", left.type)
    let b = builder.parameter("b", right.type)
    builder.result("c", try builder.dotGeneral(a, b))
    let device = SystolicDevice(chip: chip)
    for threads in [1, 3] {
      let result = try device.run(
        builder.build(), [left, right], options: CompileOptions(threads: threads))[0]
      let golden = GoldenArray(chip.architecture.mxu.array).run(
        GEMMShape(m: m, n: n, k: k), left: rounded(left), right: rounded(right))
      #expect(
        result.elements.map { Float($0).bitPattern } == golden.result.map(\.bitPattern),
        "\(m)x\(k)x\(n) on \(rows)x\(columns)")
    }
  }

  private func rounded(_ literal: Literal) -> [Float] {
    literal.elements.map { NarrowFloats.roundedToBFloat16(Float($0)) }
  }

  @Test("the thread count changes no bit of a large product")
  func threadsChangeNothing() throws {
    var random = Lehmer(state: 99)
    let left = random.literal([200, 300])
    let right = random.literal([300, 150])
    var builder = GraphBuilder(name: "product")
    let a = builder.parameter("a", left.type)
    let b = builder.parameter("b", right.type)
    builder.result("c", try builder.dotGeneral(a, b))
    let graph = try builder.build()
    let device = SystolicDevice(chip: try Chip.load("tpu-v3", library: repositoryLibrary()))
    let single = try device.run(graph, [left, right])[0]
    for threads in 2...4 {
      #expect(
        try device.run(graph, [left, right], options: .init(threads: threads))[0] == single)
    }
  }
}

/// The multiplicative generator of Park and Miller, CACM 1988: enough to fill a tensor.
private struct Lehmer {
  var state: UInt64

  mutating func next(_ range: ClosedRange<Int>) -> Int {
    state = (state % 2_147_483_646 + 1) * 48_271 % 2_147_483_647
    return range.lowerBound + Int(state) % range.count
  }

  /// Values of magnitudes from about 2⁻¹⁶ to 2¹⁶, so that sums round and cancel.
  mutating func literal(_ shape: [Int]) -> Literal {
    let type = TensorType(shape, .f32)
    return Literal(
      type,
      (0..<type.elementCount).map { _ in
        let mantissa = Double(next(-8_388_607...8_388_607)) / 8_388_608
        let exponent = next(-16...16)
        return mantissa * (exponent < 0 ? 1 / Double(1 << -exponent) : Double(1 << exponent))
      })
  }
}
