import TestSupport
import GraphIR
import Testing

@Suite struct LiteralTests {
  @Test(
    "bytes are little-endian and dense",
    arguments: [
      (DType.i1, [1.0, 0], [1, 0]), (.i8, [-2, 127], [0xFE, 0x7F]), (.ui8, [255, 1], [0xFF, 1]),
      (.i32, [-2, 258], [0xFE, 0xFF, 0xFF, 0xFF, 2, 1, 0, 0]),
      // 1.5 is 0x3FC0 in bfloat16, 0x3E00 in binary16, 0x3FC00000 in binary32.
      (.bf16, [1.5, -1.5], [0xC0, 0x3F, 0xC0, 0xBF]), (.f16, [1.5, -1.5], [0, 0x3E, 0, 0xBE]),
      (.f32, [1.5], [0, 0, 0xC0, 0x3F]),
    ] as [(DType, [Double], [UInt8])])
  func bytes(dtype: DType, elements: [Double], bytes: [UInt8]) {
    let literal = vector(dtype, elements)
    #expect(literal.bytes == bytes)
    let read = bytes.withUnsafeBytes { Literal(literal.type, bytes: $0) }
    #expect(read == literal)
  }

  @Test("elements are rounded to the type on entry")
  func rounding() {
    #expect(vector([0.1])[0] == Double(Float(0.1)))
    #expect(vector(.i8, [-0.5, 200, -200, .nan]).elements == [0, 127, -128, 0])
    #expect(vector(.i8, [-0.5])[0].sign == .plus)
    #expect(vector(.i32, [1e10, -1e10]).elements == [2_147_483_647, -2_147_483_648])
    #expect(vector(.i1, [0, 2, -0.0]).elements == [0, 1, 0])
  }

  @Test("a splat equals its elements written out, and zeros of different sign differ")
  func equality() {
    let type = TensorType([3], .f32)
    #expect(Literal(type, splat: 2) == Literal(type, [2, 2, 2]))
    #expect(Literal(type, splat: 2).hashValue == Literal(type, [2, 2, 2]).hashValue)
    #expect(Literal(type, splat: 2) != Literal(type, [2, 2, 3]))
    #expect(Literal(type, splat: 0) != Literal(type, splat: -0.0))
    #expect(Literal(type, splat: .nan) == Literal(type, splat: .nan))
    #expect(Literal(type, splat: 2) != Literal(TensorType([3], .f16), splat: 2))
    #expect(Literal(type, splat: 2).elements == [2, 2, 2])
  }
}
