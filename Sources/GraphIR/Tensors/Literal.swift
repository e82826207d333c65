/// A tensor value on the host: a type and its elements.
///
/// It is what constants hold, what the reference evaluator computes with, and what tests compare.
/// Elements are numbers (`Double`), which stand for every value of every `DType` exactly but for
/// integers of 64 bits beyond 2⁵³; those come in and out exactly by `bytes`. A number that its type
/// cannot represent is rounded on entry.
///
/// Two literals are equal if all their bits are: 0 differs from −0, and a NaN is itself.
public struct Literal: Hashable, Sendable {
  /// Shape and element type.
  public let type: TensorType
  /// Row-major words (see `DType.word`); a single one stands for all of them when `isSplat`.
  private let stored: [Double]

  /// A tensor of the given row-major elements, each rounded to the type.
  ///
  /// - Precondition: one element for each place of the type.
  public init(_ type: TensorType, _ elements: [Double]) {
    precondition(elements.count == type.elementCount, "a literal needs one value an element")
    self.type = type
    self.stored = elements.map { type.dtype.word(of: $0) }
  }

  /// A tensor with the same value everywhere.
  public init(_ type: TensorType, splat value: Double) {
    self.type = type
    self.stored = [type.dtype.word(of: value)]
  }

  /// A tensor of computed words, each settled in the type; one word for all elements, or one each.
  package init(_ type: TensorType, words: [Double]) {
    precondition(
      words.count == type.elementCount || words.count == 1, "a literal needs one word an element")
    self.type = type
    self.stored = words.map { type.dtype.settled($0) }
  }

  /// The one value that all elements share, where the literal was made as a splat (or is a scalar).
  public var splat: Double? { stored.count == 1 ? type.dtype.number(stored[0]) : nil }

  /// The element at a row-major position.
  public subscript(position: Int) -> Double { type.dtype.number(word(at: position)) }

  /// All elements, row-major.
  public var elements: [Double] {
    type.dtype.isWide ? words.map { type.dtype.number($0) } : words
  }

  /// The word of the element at a row-major position.
  package func word(at position: Int) -> Double {
    stored.count == 1 ? stored[0] : stored[position]
  }

  /// All elements' words, row-major.
  package var words: [Double] {
    stored.count == type.elementCount
      ? stored : [Double](repeating: stored[0], count: type.elementCount)
  }

  /// Each different word once, if the literal was made as a splat; else all of them.
  package var distinctWords: [Double] { stored }
}

extension Literal {
  /// The same type and the same bits: a NaN equals itself, 0 is not -0.
  public static func == (a: Literal, b: Literal) -> Bool {
    let distinct = a.splat != nil && b.splat != nil ? 1 : a.type.elementCount
    return a.type == b.type
      && (0..<distinct).allSatisfy { a.word(at: $0).bitPattern == b.word(at: $0).bitPattern }
  }

  /// Agrees with `==`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    if type.elementCount > 0 { hasher.combine(word(at: 0).bitPattern) }
  }
}

extension Literal {
  /// The elements as a dense little-endian row-major byte string, as a buffer holds them.
  public var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: type.byteCount)
    bytes.withUnsafeMutableBytes { raw in
      guard let start = raw.baseAddress else { return }
      for i in 0..<type.elementCount { type.dtype.store(word(at: i), at: i, in: start) }
    }
    return bytes
  }

  /// Reads the elements from a buffer's byte string.
  ///
  /// - Precondition: `bytes` holds `type.byteCount` bytes.
  public init(_ type: TensorType, bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == type.byteCount, "a literal needs the bytes of its type")
    guard let start = bytes.baseAddress else {
      self.init(type, [])
      return
    }
    self.init(type, words: (0..<type.elementCount).map { type.dtype.load(at: $0, from: start) })
  }
}

extension DType {
  /// `value` as this type represents it: floats round to nearest even, integers truncate towards
  /// zero and saturate (NaN gives 0), `i1` is 1 for everything but zero.
  public func rounding(_ value: Double) -> Double {
    switch self {
    case .f64: value
    case .f32: Double(Float(value))
    case .bf16: Double(NarrowFloats.roundedToBFloat16(Self.roundedToOdd(value)))
    case .f16:
      Double(NarrowFloats.float(float16Bits: NarrowFloats.float16Bits(Self.roundedToOdd(value))))
    case .i1: value == 0 ? 0 : 1
    case .i8: Self.saturating(value, -128, 127)
    case .ui8: Self.saturating(value, 0, 255)
    case .i16: Self.saturating(value, -32768, 32767)
    case .ui16: Self.saturating(value, 0, 65535)
    case .i32: Self.saturating(value, -2_147_483_648, 2_147_483_647)
    case .ui32: Self.saturating(value, 0, 4_294_967_295)
    case .i64: Self.saturating(value, -0x1p63, 0x1p63)
    case .ui64: Self.saturating(value, 0, 0x1p64)
    }
  }

  private static func saturating(_ value: Double, _ low: Double, _ high: Double) -> Double {
    // Adding 0 turns −0 into 0: integers have no other.
    value.isNaN ? 0 : min(max(value.rounded(.towardZero), low), high) + 0
  }

  /// `value` rounded to binary32 so that a further rounding to 16 bits is as if done at once.
  ///
  /// - Source: Boldo and Melquiond, "When double rounding is odd", 2005.
  private static func roundedToOdd(_ value: Double) -> Float {
    let nearest = Float(value)
    if Double(nearest) == value || !nearest.isFinite && !value.isFinite { return nearest }
    let towardZero =
      Double(nearest).magnitude > value.magnitude
      ? (nearest > 0 ? nearest.nextDown : nearest.nextUp) : nearest
    return Float(bitPattern: towardZero.bitPattern | 1)
  }
}
