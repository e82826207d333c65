import TestSupport
import GraphIR
import Testing

@Suite struct NarrowFloatsTests {
  /// A 16-bit format as its definition reads: sign, biased exponent, fraction.
  struct Format {
    let fractionBits: Int
    let bias: Int

    /// The value of a finite pattern below the sign bit, exact in `Double`.
    func magnitude(_ bits: UInt16) -> Double {
      let fraction = Double(bits & ((1 << fractionBits) - 1))
      let exponent = Int(bits >> fractionBits)
      let scale = Double(
        sign: .plus, exponent: max(exponent, 1) - bias - fractionBits, significand: 1)
      return (fraction + (exponent == 0 ? 0 : Double(1 << fractionBits))) * scale
    }

    /// The pattern of positive infinity, which stands where the next binade would begin.
    var infinity: UInt16 { (0x7FFF >> fractionBits) << fractionBits }

    /// The pattern nearest to `x` ≥ 0 by comparing distances, ties to the even pattern.
    func nearest(_ x: Double) -> UInt16 {
      var (below, above) = (UInt16(0), infinity)
      while above - below > 1 {
        let middle = below + (above - below) / 2
        if magnitude(middle) <= x { below = middle } else { above = middle }
      }
      let (down, up) = (x - magnitude(below), magnitude(above) - x)
      if down == up { return below & 1 == 0 ? below : above }
      return down < up ? below : above
    }
  }

  static let bfloat16 = Format(fractionBits: 7, bias: 127)
  static let binary16 = Format(fractionBits: 10, bias: 15)

  @Test("all 65,536 bfloat16 values keep their bits")
  func bfloat16RoundTrip() {
    for bits in UInt16.min...UInt16.max {
      let value = NarrowFloats.float(bfloat16Bits: bits)
      // A signalling NaN becomes quiet; nothing else changes.
      let expected = value.isNaN ? bits | 0x0040 : bits
      #expect(NarrowFloats.bfloat16Bits(value) == expected)
    }
  }

  @Test("all 65,536 binary16 values keep their bits")
  func binary16RoundTrip() {
    for bits in UInt16.min...UInt16.max {
      let value = NarrowFloats.float(float16Bits: bits)
      let expected = value.isNaN ? bits | 0x0200 : bits
      #expect(NarrowFloats.float16Bits(value) == expected)
    }
  }

  @Test("values are what the formats' definitions say")
  func values() {
    for bits in UInt16(0)..<0x7F80 {
      #expect(
        Double(NarrowFloats.float(bfloat16Bits: bits)) == Self.bfloat16.magnitude(bits))
    }
    for bits in UInt16(0)..<0x7C00 {
      #expect(Double(NarrowFloats.float(float16Bits: bits)) == Self.binary16.magnitude(bits))
    }
    #expect(NarrowFloats.float(bfloat16Bits: 0xFF80) == -.infinity)
    #expect(NarrowFloats.float(float16Bits: 0xFC00) == -.infinity)
  }

  /// Floats around every 31st value of the format and around the midpoint after it.
  static func boundaries(_ format: Format) -> [Float] {
    stride(from: UInt16(0), to: format.infinity, by: 31).flatMap { bits -> [Float] in
      let (low, high) = (format.magnitude(bits), format.magnitude(bits + 1))
      return [low, (low + high) / 2].flatMap { x -> [Float] in
        [Float(x), Float(x).nextUp, Float(x).nextDown]
      }.filter { $0 >= 0 && $0.isFinite }
    }
  }

  @Test("rounding picks the nearest value, ties to even, of either sign")
  func rounding() {
    let random = words(5000).map { Float(bitPattern: $0 % 0x7F80_0000) }
    for x in random + Self.boundaries(Self.bfloat16) + [.greatestFiniteMagnitude] {
      let expected = Self.bfloat16.nearest(Double(x))
      #expect(NarrowFloats.bfloat16Bits(x) == expected, "\(x)")
      #expect(NarrowFloats.bfloat16Bits(-x) == expected | 0x8000, "-\(x)")
    }
    // Exponents −30 to 20 are all that matters in binary16.
    let moderate = words(5000).map { Float(bitPattern: 0x3080_0000 + $0 % 0x1980_0000) }
    for x in moderate + Self.boundaries(Self.binary16) + [65519.99, 65520, 65536, 0x1p-25, 0x1p-26]
    {
      let expected = Self.binary16.nearest(Double(x))
      #expect(NarrowFloats.float16Bits(x) == expected, "\(x)")
      #expect(NarrowFloats.float16Bits(-x) == expected | 0x8000, "-\(x)")
    }
  }

  @Test("a literal rounds from Double to 16 bits at once")
  func doubleRounding() {
    // Just above the tie between 1 and 1 + 2⁻⁷: rounding to f32 first would land on the tie.
    let above = 1 + 0x1p-8 + 0x1p-40
    #expect(DType.bf16.rounding(above) == 1 + 0x1p-7)
    #expect(DType.bf16.rounding(1 + 0x1p-8) == 1)
    #expect(DType.bf16.rounding(-above) == -(1 + 0x1p-7))
    // Just below the tie between 1 + 2⁻¹⁰ and 1 + 2⁻⁹.
    let below = 1 + 0x3p-11 - 0x1p-40
    #expect(DType.f16.rounding(below) == 1 + 0x1p-10)
    #expect(DType.f16.rounding(1 + 0x3p-11) == 1 + 0x1p-9)
    for (index, word) in words(4000).enumerated() {
      // Doubles within 2⁻⁴⁰ of a tie or of a value.
      let base = Self.binary16.magnitude(UInt16(word % 0x7BFF))
      let next = Self.binary16.magnitude(UInt16(word % 0x7BFF) + 1)
      let x = (index % 2 == 0 ? base : (base + next) / 2) * (1 + Double(index % 3 - 1) * 0x1p-40)
      let expected = Self.binary16.nearest(x)
      #expect(DType.f16.rounding(x) == Double(NarrowFloats.float(float16Bits: expected)), "\(x)")
      let narrow = Self.bfloat16.nearest(x)
      #expect(DType.bf16.rounding(x) == Double(NarrowFloats.float(bfloat16Bits: narrow)), "\(x)")
    }
  }
}
