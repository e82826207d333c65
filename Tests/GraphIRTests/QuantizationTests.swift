import TestSupport
import GraphIR
import Testing

@Suite("Quantization")
struct QuantizationTests {
  @Test("round_nearest_even takes ties to the even integer")
  func rounding() throws {
    let x = vector([0.5, 1.5, 2.5, -0.5, -2.5, 2.499, .infinity])
    let whole = try evaluate(x) { try $0.unary(.roundNearestEven, $1[0]) }
    #expect(whole.elements == [0, 2, 2, 0, -2, 2, .infinity])
    #expect(whole[3].sign == .minus)
    #expect(try evaluate(vector([.nan])) { try $0.unary(.roundNearestEven, $1[0]) }[0].isNaN)
  }

  @Test("a scale is the largest magnitude over 127, of the tensor or of each channel")
  func scales() throws {
    let x = tensor([2, 3], [1, -127, 0, -2, 254, 0])
    #expect(try evaluate(x) { try $0.int8Scale(of: $1[0]) } == Literal(.scalar(.f32), splat: 2))
    let channels = try evaluate(x) { try $0.int8Scale(of: $1[0], keeping: [1]) }
    #expect(channels.elements == [Double(Float(2) / 127), 2, 0])
  }

  @Test("quantized values are rounded, clamped to ±127, and 0 for NaN and for 0 / 0")
  func quantizing() throws {
    let x = tensor([2, 4], [1, 3, -5, .nan, 400, -400, .infinity, 0])
    let q = try evaluate(x, tensor([2], [2, 0])) { (b, p) in
      try b.quantizedToInt8(p[0], scale: p[1], keeping: [0])
    }
    #expect(q.type.dtype == .i8)
    // 0.5 → 0, 1.5 → 2, −2.5 → −2.
    #expect(q.elements == [0, 2, -2, 0, 127, -127, 127, 0])
  }

  @Test("dequantized sums are their values times the scale, per tensor or per channel")
  func dequantizing() throws {
    let sums = tensor([2, 2], .i32, [1, -2, 3, 0x1p24 + 1])
    let one = try evaluate(sums, tensor([], [0.5])) { (b, p) in
      try b.dequantized(p[0], scale: p[1])
    }
    #expect(one == tensor([2, 2], [0.5, -1, 1.5, 0x1p23]))
    let each = try evaluate(sums, tensor([2], [10, 1])) { (b, p) in
      try b.dequantized(p[0], scale: p[1], keeping: [1])
    }
    #expect(each == tensor([2, 2], [10, -2, 30, 0x1p24]))
  }

  @Test("a convolution of i8 delivers exact i32 sums, and wraps in i8 if asked for nothing wider")
  func convolution() throws {
    let x = tensor([1, 2, 2, 1], .i8, [100, -100, 127, -128])
    let kernel = tensor([2, 2, 1, 1], .i8, [127, 127, -128, -128])
    let attributes = ConvolutionAttributes(
      window: [WindowDimension(size: 2), WindowDimension(size: 2)])
    let wide = try evaluate(x, kernel) { try $0.convolution($1[0], $1[1], attributes, sums: .i32) }
    #expect(wide.elements == [128])
    let narrow = try evaluate(x, kernel) { try $0.convolution($1[0], $1[1], attributes) }
    #expect(narrow.elements == [-128])
  }

  @Test("sums narrower than the operands, or of another kind, are refused")
  func refusals() throws {
    for (operand, sums) in [(DType.i32, DType.i8), (.i8, .f32)] {
      let x = vector(operand, [1])
      let inner = DotDimensions(lhsContracting: [0], rhsContracting: [0])
      #expect(throws: GraphError.self) {
        try evaluate(x) { try $0.dotGeneral($1[0], $1[0], inner, sums: sums) }
      }
    }
  }
}
