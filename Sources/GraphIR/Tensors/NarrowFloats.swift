/// Conversions between binary32 and the 16-bit formats, round to nearest, ties to even.
package enum NarrowFloats {
  /// The bfloat16 nearest to `x`; a NaN becomes the quiet NaN with its sign and upper payload.
  @inlinable
  package static func bfloat16Bits(_ x: Float) -> UInt16 {
    let bits = x.bitPattern
    if x.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
  }

  /// The value of a bfloat16; exact.
  @inlinable
  package static func float(bfloat16Bits bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }

  /// `x` rounded to bfloat16.
  @inlinable
  package static func roundedToBFloat16(_ x: Float) -> Float {
    float(bfloat16Bits: bfloat16Bits(x))
  }

  /// `x` rounded to bfloat16 away from zero with the probability of the part that is cut off, given
  /// 16 uniform bits; infinities and NaNs stay, and so do bfloat16 values.
  ///
  /// - Source: Gupta et al., "Deep learning with limited numerical precision", ICML 2015, section 3;
  ///   the sum of bits as in XLA's expansion of `stochastic-convert`.
  package static func stochasticallyRoundedToBFloat16(_ x: Float, bits: UInt32) -> Float {
    if !x.isFinite { return roundedToBFloat16(x) }
    return Float(bitPattern: (x.bitPattern &+ (bits & 0xFFFF)) & 0xFFFF_0000)
  }

  /// The binary16 nearest to `x`; overflow gives infinity, a NaN stays a quiet NaN.
  package static func float16Bits(_ x: Float) -> UInt16 {
    let bits = x.bitPattern
    let sign = UInt16(truncatingIfNeeded: (bits >> 16) & 0x8000)
    let magnitude = bits & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 {
      return sign | 0x7E00 | UInt16(truncatingIfNeeded: (magnitude >> 13) & 0x01FF)
    }
    if magnitude >= 0x4780_0000 { return sign | 0x7C00 }  // 2^16 and above
    if magnitude >= 0x3880_0000 {  // normal: 2^-14 and above
      let rebased = magnitude - 0x3800_0000
      let rounded = rebased &+ 0x0FFF &+ ((rebased >> 13) & 1)
      return sign | UInt16(truncatingIfNeeded: rounded >> 13)
    }
    // Subnormal: count units of 2^-24; adding 2^23 · 2^-24 rounds in hardware, exactly once.
    let sum = Float(bitPattern: magnitude) + 0.5
    return sign | UInt16(truncatingIfNeeded: sum.bitPattern &- 0x3F00_0000)
  }

  /// The value of a binary16; exact.
  package static func float(float16Bits bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits & 0x03FF)
    switch exponent {
    case 0:
      let value = Float(fraction) * 0x1p-24
      return sign == 0 ? value : -value
    case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | (fraction << 13))
    default: return Float(bitPattern: sign | ((exponent + 112) << 23) | (fraction << 13))
    }
  }
}
