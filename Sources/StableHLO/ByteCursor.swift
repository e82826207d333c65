/// Walks through a section of bytecode; never beyond its end.
///
/// - Source: MLIR's documentation, "MLIR Bytecode Format".
struct ByteCursor {
  private let bytes: [UInt8]
  private(set) var position: Int
  private let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    (position, end) = (range.lowerBound, range.upperBound)
  }

  var isAtEnd: Bool { position >= end }
  var left: Int { end - position }

  func failure(_ reason: String) -> StableHLOError { StableHLOError(.byte(position), reason) }

  mutating func byte() throws(StableHLOError) -> UInt8 {
    guard position < end else {
      throw failure("expected another byte, found the end of its section")
    }
    position += 1
    return bytes[position - 1]
  }

  /// An integer of 1 to 9 bytes: the zeros at the low end of the first byte say how many follow.
  mutating func varint() throws(StableHLOError) -> Int {
    let start = position
    let first = try byte()
    if first & 1 == 1 { return Int(first >> 1) }
    let more = first == 0 ? 8 : first.trailingZeroBitCount
    var value: UInt64 = first == 0 ? 0 : UInt64(first)
    for index in 0..<more {
      let next = UInt64(try byte())
      value |= next << UInt64(first == 0 ? 8 * index : 8 * (index + 1))
    }
    if first != 0 { value >>= UInt64(more + 1) }
    guard let result = Int(exactly: value) else {
      throw StableHLOError(.byte(start), "expected a number below 2^63, found \(value)")
    }
    return result
  }

  /// A signed integer, its sign in the lowest bit.
  mutating func signed() throws(StableHLOError) -> Int {
    let start = position
    let first = try byte()
    position = start
    // All 64 bits may be used.
    if first == 0 {
      _ = try byte()
      var value: UInt64 = 0
      for index in 0..<8 { value |= UInt64(try byte()) << UInt64(8 * index) }
      return Int(bitPattern: UInt(value >> 1)) ^ -Int(value & 1)
    }
    let value = try varint()
    return value >> 1 ^ -(value & 1)
  }

  mutating func flagged() throws(StableHLOError) -> (value: Int, flag: Bool) {
    let value = try varint()
    return (value >> 1, value & 1 == 1)
  }

  /// How many things follow, each of at least so many bytes.
  mutating func count(atLeast width: Int = 1) throws(StableHLOError) -> Int {
    let start = position
    let count = try varint()
    if count > left / max(1, width) {
      throw StableHLOError(
        .byte(start), "expected at most \(left / max(1, width)) things, found \(count)")
    }
    return count
  }

  mutating func take(_ count: Int) throws(StableHLOError) -> Range<Int> {
    guard count >= 0, count <= left else {
      throw failure("expected \(count) more bytes, found \(left)")
    }
    position += count
    return position - count..<position
  }

  mutating func data(_ count: Int) throws(StableHLOError) -> [UInt8] {
    Array(bytes[try take(count)])
  }

  /// Text that ends with a zero.
  mutating func zeroTerminated() throws(StableHLOError) -> String {
    let start = position
    while try byte() != 0 {}
    return String(decoding: bytes[start..<position - 1], as: UTF8.self)
  }

  /// A section's number, and its content.
  mutating func section() throws(StableHLOError) -> (number: Int, content: ByteCursor) {
    let head = try byte()
    let length = try varint()
    if head & 0x80 != 0 {
      let alignment = try varint()
      guard (1...4096).contains(alignment) else {
        throw failure("expected an alignment of 1 to 4096 bytes, found \(alignment)")
      }
      while position % alignment != 0 {
        let padding = try byte()
        if padding != 0xCB { throw failure("expected padding, found \(padding)") }
      }
    }
    return (Int(head & 0x7F), ByteCursor(bytes, try take(length)))
  }
}
