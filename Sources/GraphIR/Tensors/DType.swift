/// The element type of a tensor, named as in StableHLO.
public enum DType: String, Hashable, Sendable, Codable, CaseIterable {
  /// A truth value, one byte in memory: 0 or 1.
  case i1
  /// Signed integers of 8 bits.
  case i8
  /// Unsigned integers of 8 bits.
  case ui8
  /// Signed integers of 16 bits.
  case i16
  /// Unsigned integers of 16 bits.
  case ui16
  /// Signed integers of 32 bits.
  case i32
  /// Unsigned integers of 32 bits.
  case ui32
  /// Signed integers of 64 bits.
  case i64
  /// Unsigned integers of 64 bits.
  case ui64
  /// bfloat16: the upper half of a binary32.
  case bf16
  /// IEEE binary16.
  case f16
  /// IEEE binary32.
  case f32
  /// IEEE binary64.
  case f64

  /// Bytes of one element in memory.
  @inlinable public var byteCount: Int {
    switch self {
    case .i1, .i8, .ui8: 1
    case .i16, .ui16, .bf16, .f16: 2
    case .i32, .ui32, .f32: 4
    case .i64, .ui64, .f64: 8
    }
  }

  /// A float of any width.
  @inlinable public var isFloatingPoint: Bool {
    switch self {
    case .bf16, .f16, .f32, .f64: true
    case .i1, .i8, .ui8, .i16, .ui16, .i32, .ui32, .i64, .ui64: false
    }
  }

  /// Integers proper; `i1` is a truth value and not one of them.
  @inlinable public var isInteger: Bool {
    switch self {
    case .i8, .ui8, .i16, .ui16, .i32, .ui32, .i64, .ui64: true
    case .i1, .bf16, .f16, .f32, .f64: false
    }
  }

  /// Floats whose values are all values of binary32.
  @inlinable package var fitsBinary32: Bool { isFloatingPoint && self != .f64 }
}

extension DType: CustomStringConvertible {
  /// The name as StableHLO spells it.
  public var description: String { rawValue }
}
