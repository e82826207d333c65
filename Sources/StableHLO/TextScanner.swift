/// Walks through a program's text, piece by piece.
struct TextScanner {
  private let bytes: [UInt8]
  /// Where each line begins.
  private let lines: [Int]
  private(set) var position = 0
  /// Regions, lists and types that are open.
  private var depth = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var lines = [0]
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      lines.append(index + 1)
    }
    self.lines = lines
  }

  // MARK: Places

  var isAtEnd: Bool { position >= bytes.count }

  func place(of position: Int) -> SourcePlace {
    var (low, high) = (0, lines.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle] <= position { low = middle } else { high = middle }
    }
    return .text(line: low + 1, column: position - lines[low] + 1)
  }

  var place: SourcePlace { place(of: position) }

  /// What stands here, cut short, for a message.
  var shown: String {
    if isAtEnd { return "the end of the file" }
    let rest = bytes[position...].prefix { $0 != UInt8(ascii: "\n") }.prefix(24)
    return "'" + String(decoding: rest, as: UTF8.self) + "'"
  }

  func failure(_ expected: String) -> StableHLOError {
    StableHLOError(place, "expected \(expected), found \(shown)")
  }

  // MARK: Pieces

  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        position += 1
      case UInt8(ascii: "/")
      where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "/"):
        while position < bytes.count && bytes[position] != UInt8(ascii: "\n") { position += 1 }
      default: return
      }
    }
  }

  /// The next byte that is no space.
  mutating func peek() -> UInt8? {
    skipSpace()
    return position < bytes.count ? bytes[position] : nil
  }

  func peekAhead(_ count: Int) -> UInt8? {
    position + count < bytes.count ? bytes[position + count] : nil
  }

  /// Takes a word or sign if it stands here.
  mutating func take(_ text: String) -> Bool {
    skipSpace()
    let wanted = Array(text.utf8)
    guard position + wanted.count <= bytes.count,
      bytes[position..<position + wanted.count].elementsEqual(wanted)
    else { return false }
    // A word ends where a name ends.
    if let last = wanted.last, Self.isName(last), let next = peekAhead(wanted.count),
      Self.isName(next)
    {
      return false
    }
    position += wanted.count
    return true
  }

  mutating func expect(_ text: String) throws(StableHLOError) {
    if !take(text) { throw failure("'\(text)'") }
  }

  static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "$"):
      true
    default: false
    }
  }

  /// Letters, digits, `_`, `.` and `$`.
  mutating func name(_ what: String) throws(StableHLOError) -> String {
    skipSpace()
    let start = position
    while position < bytes.count && Self.isName(bytes[position]) { position += 1 }
    if start == position { throw failure(what) }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// `"..."`, its escapes resolved.
  mutating func quoted(_ what: String) throws(StableHLOError) -> String {
    guard peek() == UInt8(ascii: "\"") else { throw failure(what) }
    let start = position
    position += 1
    var content: [UInt8] = []
    while let byte = position < bytes.count ? bytes[position] : nil, byte != UInt8(ascii: "\"") {
      position += 1
      guard byte == UInt8(ascii: "\\") else {
        content.append(byte)
        continue
      }
      guard let next = position < bytes.count ? bytes[position] : nil else { break }
      position += 1
      switch next {
      case UInt8(ascii: "n"): content.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "t"): content.append(UInt8(ascii: "\t"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(next)
      default:
        guard let high = Self.digit(next), position < bytes.count,
          let low = Self.digit(bytes[position])
        else { throw failure("an escape of two hexadecimal digits") }
        content.append(high << 4 | low)
        position += 1
      }
    }
    if position >= bytes.count {
      throw StableHLOError(
        place(of: start), "expected the end of a text that begins here, found none")
    }
    position += 1
    return String(decoding: content, as: UTF8.self)
  }

  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// `%name`, without its sign.
  mutating func value() throws(StableHLOError) -> String {
    guard peek() == UInt8(ascii: "%") else { throw failure("a value such as %0") }
    position += 1
    return try name("the name of a value")
  }

  /// `@name`, without its sign.
  mutating func symbol() throws(StableHLOError) -> String {
    guard peek() == UInt8(ascii: "@") else { throw failure("a name such as @main") }
    position += 1
    return peekAhead(0) == UInt8(ascii: "\"") ? try quoted("a name") : try name("a name")
  }

  /// The word of a number: `-1`, `1.0e+00`, `0x7F`.
  mutating func number() throws(StableHLOError) -> String {
    skipSpace()
    let start = position
    if let sign = peekAhead(0), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      position += 1
    }
    while let byte = peekAhead(0) {
      let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      let follows = position > start && (bytes[position - 1] | 0x20) == UInt8(ascii: "e")
      let isHex = position - start >= 2 && (bytes[start + 1] | 0x20) == UInt8(ascii: "x")
      guard Self.isName(byte) || (isSign && follows && !isHex) else { break }
      position += 1
    }
    if start == position { throw failure("a number") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  mutating func integer(_ what: String = "a whole number") throws(StableHLOError) -> Int {
    skipSpace()
    let start = position
    let word = try number()
    if let value = Int(word) { return value }
    if word.hasPrefix("0x"), let value = Int(word.dropFirst(2), radix: 16) { return value }
    position = start
    throw failure(what)
  }

  /// Digits only, for sizes: `2x3xf32`.
  mutating func digits() -> Int? {
    skipSpace()
    let start = position
    var value = 0
    while let byte = peekAhead(0), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      let (times, first) = value.multipliedReportingOverflow(by: 10)
      let (sum, second) = times.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      if first || second { position = start; return nil }
      value = sum
      position += 1
    }
    return position == start ? nil : value
  }

  // MARK: Lists

  /// Pieces with commas between them, up to a sign, which is taken.
  mutating func list(
    until end: String, _ piece: (inout TextScanner) throws(StableHLOError) -> Void
  ) throws(StableHLOError) {
    if take(end) { return }
    repeat { try piece(&self) } while take(",")
    try expect(end)
  }

  /// Looks at what is inside of something.
  mutating func nested<T>(
    _ body: (inout TextScanner) throws(StableHLOError) -> T
  ) throws(StableHLOError) -> T {
    depth += 1
    defer { depth -= 1 }
    if depth > 200 {
      throw StableHLOError(place, "expected less than 200 things inside one another")
    }
    return try body(&self)
  }

  /// What was passed since.
  func text(from start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }

  mutating func rewind(to position: Int) { self.position = position }

  /// The bytes of a text of hexadecimal digits after `0x`.
  static func hexBytes(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count >= 2, digits.count % 2 == 0, digits[0] == UInt8(ascii: "0"),
      digits[1] | 0x20 == UInt8(ascii: "x")
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2 - 1)
    for index in stride(from: 2, to: digits.count, by: 2) {
      guard let high = digit(digits[index]), let low = digit(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}
