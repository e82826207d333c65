/// Elements while they are computed with, as words.
///
/// A word is a `Double`: the number itself, which it holds exactly for all types but the integers of
/// 64 bits, and for those (`isWide`) the number that has the integer's bits. So tensors of every type
/// are moved and kept alike, and only arithmetic asks what a word means.
extension DType {
  /// Integers of which `Double` does not hold every value: a word has their bits.
  package var isWide: Bool { self == .i64 || self == .ui64 }

  /// Bits of one element.
  package var bitCount: Int { self == .i1 ? 1 : 8 * byteCount }

  /// Integers without a sign.
  package var isUnsigned: Bool {
    self == .ui8 || self == .ui16 || self == .ui32 || self == .ui64
  }

  /// The word of the integer that the low bits of `value` spell in this type.
  package func word(wrapping value: Int) -> Double {
    switch self {
    case .i1: Double(value & 1)
    case .i8: Double(Int8(truncatingIfNeeded: value))
    case .ui8: Double(UInt8(truncatingIfNeeded: value))
    case .i16: Double(Int16(truncatingIfNeeded: value))
    case .ui16: Double(UInt16(truncatingIfNeeded: value))
    case .i32: Double(Int32(truncatingIfNeeded: value))
    case .ui32: Double(UInt32(truncatingIfNeeded: value))
    case .i64, .ui64: Double(bitPattern: UInt64(bitPattern: Int64(value)))
    case .bf16, .f16, .f32, .f64: preconditionFailure("floats do not wrap around")
    }
  }

  /// The integer of a word; of `ui64`, the one that has its bits.
  package func integer(_ word: Double) -> Int {
    isWide ? Int(truncatingIfNeeded: word.bitPattern) : Int(word)
  }

  /// The integer of a word as a place in memory, where 2³² and beyond are as good as 2³².
  package func index(_ word: Double) -> Int {
    let bits = integer(word)
    if self == .ui64 && bits < 0 { return 1 << 32 }
    return min(max(bits, -1 << 32), 1 << 32)
  }

  /// The number that a word stands for; of wide integers, the nearest.
  package func number(_ word: Double) -> Double {
    switch self {
    case .i64: Double(integer(word))
    case .ui64: Double(UInt(bitPattern: integer(word)))
    default: word
    }
  }

  /// The word of a number as this type represents it; see `rounding`.
  package func word(of number: Double) -> Double {
    switch self {
    case .i64: word(wrapping: Int(saturating: number))
    case .ui64: word(wrapping: Int(bitPattern: UInt(saturating: number)))
    default: rounding(number)
    }
  }

  /// A computed word as this type represents it: floats are rounded to it, wide integers are as they are.
  package func settled(_ word: Double) -> Double { isWide ? word : rounding(word) }

  /// What a word of this type is in another: integers among themselves lose their upper bits, as XLA
  /// has it; else see `rounding`.
  package func conversion(to other: DType) -> @Sendable (Double) -> Double {
    if other == .i1 { return { word in number(word) == 0 ? 0 : 1 } }
    if isFloatingPoint || self == .i1 { return { word in other.word(of: word) } }
    if !other.isFloatingPoint { return { word in other.word(wrapping: integer(word)) } }
    // Rounded once.
    if other == .f32 && self == .i64 { return { word in Double(Float(integer(word))) } }
    if other == .f32 && self == .ui64 {
      return { word in Double(Float(UInt(bitPattern: integer(word)))) }
    }
    return { word in other.rounding(number(word)) }
  }

  /// The bits of an integer of this type as a number without a sign.
  func unsigned(_ value: Int) -> UInt {
    UInt(bitPattern: value) & (UInt.max >> UInt(UInt.bitWidth - bitCount))
  }

  /// The bits of an integer of this type as a number in two's complement.
  func signed(_ value: Int) -> Int {
    let shift = Int.bitWidth - bitCount
    return (value << shift) >> shift
  }

  /// Whether one integer of this type comes before another; `ui64` are given by their bits.
  func precedes(_ a: Int, _ b: Int) -> Bool {
    self == .ui64 ? UInt(bitPattern: a) < UInt(bitPattern: b) : a < b
  }

  /// Writes one element's word into dense memory of this type.
  package func store(_ word: Double, at index: Int, in raw: UnsafeMutableRawPointer) {
    let offset = index * byteCount
    switch self {
    case .i1, .ui8: raw.storeBytes(of: UInt8(word), toByteOffset: offset, as: UInt8.self)
    case .i8: raw.storeBytes(of: Int8(word), toByteOffset: offset, as: Int8.self)
    case .i16: raw.storeBytes(of: Int16(word), toByteOffset: offset, as: Int16.self)
    case .ui16: raw.storeBytes(of: UInt16(word), toByteOffset: offset, as: UInt16.self)
    case .i32: raw.storeBytes(of: Int32(word), toByteOffset: offset, as: Int32.self)
    case .ui32: raw.storeBytes(of: UInt32(word), toByteOffset: offset, as: UInt32.self)
    case .i64, .ui64, .f64: raw.storeBytes(of: word, toByteOffset: offset, as: Double.self)
    case .f32: raw.storeBytes(of: Float(word), toByteOffset: offset, as: Float.self)
    case .bf16:
      raw.storeBytes(
        of: NarrowFloats.bfloat16Bits(Float(word)), toByteOffset: offset, as: UInt16.self)
    case .f16:
      raw.storeBytes(
        of: NarrowFloats.float16Bits(Float(word)), toByteOffset: offset, as: UInt16.self)
    }
  }

  /// Reads one element's word from dense memory of this type.
  package func load(at index: Int, from raw: UnsafeRawPointer) -> Double {
    let offset = index * byteCount
    switch self {
    case .i1, .ui8: return Double(raw.loadUnaligned(fromByteOffset: offset, as: UInt8.self))
    case .i8: return Double(raw.loadUnaligned(fromByteOffset: offset, as: Int8.self))
    case .i16: return Double(raw.loadUnaligned(fromByteOffset: offset, as: Int16.self))
    case .ui16: return Double(raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    case .i32: return Double(raw.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    case .ui32: return Double(raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    case .i64, .ui64, .f64: return raw.loadUnaligned(fromByteOffset: offset, as: Double.self)
    case .f32: return Double(raw.loadUnaligned(fromByteOffset: offset, as: Float.self))
    case .bf16:
      let bits = raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
      return Double(NarrowFloats.float(bfloat16Bits: bits))
    case .f16:
      let bits = raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
      return Double(NarrowFloats.float(float16Bits: bits))
    }
  }
}

extension FixedWidthInteger {
  /// The integer towards zero, the nearest where there is none; 0 for a NaN.
  package init(saturating number: Double) {
    let whole = number.rounded(.towardZero)
    if let exact = Self(exactly: whole) {
      self = exact
    } else {
      self = whole.isNaN ? 0 : whole < 0 ? .min : .max
    }
  }
}
