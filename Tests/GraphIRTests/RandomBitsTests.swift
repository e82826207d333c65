import Testing

@testable import GraphIR

@Suite struct RandomBitsTests {
  /// - Source: the known answers of Random123 1.14, `kat_vectors`, threefry2x32 with 20 rounds.
  @Test("the generator gives the published answers")
  func knownAnswers() {
    let answers: [(key: [UInt32], counter: [UInt32], words: [UInt32])] = [
      ([0, 0], [0, 0], [0x6b20_0159, 0x99ba_4efe]),
      ([.max, .max], [.max, .max], [0x1cb9_96fc, 0xbb00_2be7]),
      ([0x1319_8a2e, 0x0370_7344], [0x243f_6a88, 0x85a3_08d3], [0xc492_3a9c, 0x483d_f7a0]),
    ]
    for answer in answers {
      let block = Threefry.block(
        key: (answer.key[0], answer.key[1]), counter: (answer.counter[0], answer.counter[1]))
      #expect([block.0, block.1] == answer.words)
    }
  }

  @Test("keys and streams give other bits, and no element repeats its neighbour")
  func independence() {
    func bits(_ key: [Double], _ stream: Int) -> [Double] {
      Threefry.bits(
        count: 1000, key: Literal(TensorType([2], .i32), key), stream: stream)
    }
    let base = bits([1, 2], 3)
    #expect(Set(base).count == 1000)
    for other in [bits([1, 2], 4), bits([1, 3], 3), bits([2, 2], 3)] {
      #expect(Set(base).isDisjoint(with: other))
    }
  }

  @Test("a value goes up for as many of the 65,536 random numbers as its cut part says")
  func proportion() {
    // 1 + 2⁻⁷ · f: f / 2¹⁶ of the numbers carry over.
    for fraction: UInt32 in [0, 1, 0x1234, 0x8000, 0xffff] {
      let x = Float(bitPattern: 0x3f80_0000 | fraction)
      let ups = (UInt32(0)..<65_536).filter {
        let rounded = NarrowFloats.stochasticallyRoundedToBFloat16(x, bits: $0 | 0xabcd_0000)
        #expect(rounded == 1 || rounded == 1 + 0x1p-7)
        return rounded > 1
      }
      #expect(ups.count == Int(fraction))
      let negative = NarrowFloats.stochasticallyRoundedToBFloat16(-x, bits: 0xffff)
      #expect(negative == (fraction == 0 ? -1 : -(1 + 0x1p-7)))
    }
  }

  @Test("misuse is refused")
  func misuse() throws {
    var b = GraphBuilder(name: "test")
    let x = b.parameter("x", TensorType([3], .f32))
    let half = b.parameter("h", TensorType([3], .f16))
    let bits = b.parameter("b", TensorType([3], .i32))
    let key = b.parameter("k", TensorType([2], .i32))
    #expect(throws: GraphError.self) { try b.stochasticConvert(half, bits: bits) }
    #expect(throws: GraphError.self) { try b.stochasticConvert(x, bits: key) }
    #expect(throws: GraphError.self) {
      try b.randomBits(TensorType([3], .i32), key: bits, stream: 0)
    }
    #expect(throws: GraphError.self) {
      try b.randomBits(TensorType([3], .f32), key: key, stream: 0)
    }
    #expect(throws: GraphError.self) {
      try b.randomBits(TensorType([3], .i32), key: key, stream: -1)
    }
    // A reduction widens, but does not narrow.
    #expect(throws: GraphError.self) {
      try b.append(.reduce(.add, dimensions: [0]), [x, b.scalar(0, .bf16)])
    }
  }
}
