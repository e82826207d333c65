internal import GraphIR

/// Types and attributes.
extension TextReader {
  // MARK: Types

  mutating func type() throws(StableHLOError) -> TreeType {
    try scanner.nested { scanner throws(StableHLOError) in try Self.type(&scanner) }
  }

  static func type(_ scanner: inout TextScanner) throws(StableHLOError) -> TreeType {
    if scanner.take("tensor") {
      try scanner.expect("<")
      var shape: [Int] = []
      while true {
        if scanner.peek() == UInt8(ascii: "?") {
          throw StableHLOError(
            scanner.place, "dynamic shapes are not supported. Lower the program with fixed shapes")
        }
        let start = scanner.position
        guard let extent = scanner.digits() else { break }
        guard scanner.peekAhead(0) == UInt8(ascii: "x") else {
          scanner.rewind(to: start)
          break
        }
        scanner.rewind(to: scanner.position + 1)
        shape.append(extent)
      }
      let element = try elementName(&scanner)
      if scanner.take(",") { try skipBalanced(&scanner, until: UInt8(ascii: ">")) }
      try scanner.expect(">")
      try requireCount(shape, element, scanner.place)
      return .tensor(shape: shape, element: element)
    }
    if scanner.peek() == UInt8(ascii: "!") {
      scanner.rewind(to: scanner.position + 1)
      var text = "!" + (try scanner.name("a type"))
      if scanner.take("<") {
        let start = scanner.position
        try skipBalanced(&scanner, until: UInt8(ascii: ">"))
        text += "<" + scanner.text(from: start) + ">"
        try scanner.expect(">")
      }
      return .other(text)
    }
    if scanner.take("tuple") {
      try scanner.expect("<")
      try skipBalanced(&scanner, until: UInt8(ascii: ">"))
      try scanner.expect(">")
      return .other("tuple")
    }
    if scanner.peek() == UInt8(ascii: "(") {
      _ = try functionType(&scanner)
      return .other("function")
    }
    return .other(try elementName(&scanner))
  }

  private static func elementName(_ scanner: inout TextScanner) throws(StableHLOError) -> String {
    if scanner.peek() == UInt8(ascii: "!") {
      let start = scanner.position
      scanner.rewind(to: start + 1)
      _ = try scanner.name("a type")
      if scanner.take("<") {
        try skipBalanced(&scanner, until: UInt8(ascii: ">"))
        try scanner.expect(">")
      }
      return scanner.text(from: start)
    }
    let name = try scanner.name("a type")
    guard name == "complex" || name == "vector" else { return name }
    try scanner.expect("<")
    let inner = try scanner.name("a type")
    try scanner.expect(">")
    return "\(name)<\(inner)>"
  }

  /// The product of the extents is a size of 64 bits, in bytes.
  static func requireCount(
    _ shape: [Int], _ element: String, _ place: SourcePlace
  ) throws(StableHLOError) {
    var count = 8
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(1, extent))
      if overflow || product > 1 << 48 {
        throw StableHLOError(place, "expected a tensor of less than 2^45 elements, found \(shape)")
      }
      count = product
    }
  }

  /// `(types) -> types`, or `(types) -> type`.
  static func functionType(
    _ scanner: inout TextScanner
  ) throws(StableHLOError) -> (operands: [TreeType], results: [TreeType]) {
    try scanner.expect("(")
    var operands: [TreeType] = []
    try scanner.list(until: ")") { scanner throws(StableHLOError) in
      operands.append(try scanner.nested { s throws(StableHLOError) in try type(&s) })
    }
    try scanner.expect("->")
    return (operands, try resultTypes(&scanner))
  }

  static func resultTypes(_ scanner: inout TextScanner) throws(StableHLOError) -> [TreeType] {
    guard scanner.take("(") else {
      return [try scanner.nested { s throws(StableHLOError) in try type(&s) }]
    }
    var results: [TreeType] = []
    try scanner.list(until: ")") { scanner throws(StableHLOError) in
      results.append(try scanner.nested { s throws(StableHLOError) in try type(&s) })
    }
    return results
  }

  /// Everything up to a closing sign that belongs to no opening one here.
  static func skipBalanced(
    _ scanner: inout TextScanner, until end: UInt8
  ) throws(StableHLOError) {
    var open: [UInt8] = []
    while let byte = scanner.peek() {
      if open.isEmpty && byte == end { return }
      switch byte {
      case UInt8(ascii: "<"): open.append(UInt8(ascii: ">"))
      case UInt8(ascii: "("): open.append(UInt8(ascii: ")"))
      case UInt8(ascii: "["): open.append(UInt8(ascii: "]"))
      case UInt8(ascii: "{"): open.append(UInt8(ascii: "}"))
      case UInt8(ascii: "\""):
        _ = try scanner.quoted("a text")
        continue
      case UInt8(ascii: "-") where scanner.peekAhead(1) == UInt8(ascii: ">"):
        scanner.rewind(to: scanner.position + 2)
        continue
      default: if byte == open.last { open.removeLast() }
      }
      scanner.rewind(to: scanner.position + 1)
    }
    throw scanner.failure("'\(Character(UnicodeScalar(end)))'")
  }

  // MARK: Attributes

  /// `{name = attribute, ...}`; also between `<{` and `}>`.
  mutating func attributes() throws(StableHLOError) -> [String: TreeAttribute] {
    var found: [String: TreeAttribute] = [:]
    try scanner.expect("{")
    if scanner.take("}") { return found }
    repeat {
      let key =
        scanner.peek() == UInt8(ascii: "\"")
        ? try scanner.quoted("a name") : try scanner.name("the name of an attribute")
      found[key] = scanner.take("=") ? try attribute() : .unit
    } while scanner.take(",")
    try scanner.expect("}")
    return found
  }

  mutating func attribute() throws(StableHLOError) -> TreeAttribute {
    depth += 1
    defer { depth -= 1 }
    if depth > 100 {
      throw StableHLOError(scanner.place, "expected less than 100 attributes inside one another")
    }
    switch scanner.peek() {
    case UInt8(ascii: "["):
      try scanner.expect("[")
      var list: [TreeAttribute] = []
      if scanner.take("]") { return .list(list) }
      repeat { list.append(try attribute()) } while scanner.take(",")
      try scanner.expect("]")
      return .list(list)
    case UInt8(ascii: "{"): return .dictionary(try attributes())
    case UInt8(ascii: "\""):
      let text = try scanner.quoted("a text")
      if scanner.take(":") { _ = try type() }
      return .text(text)
    case UInt8(ascii: "@"):
      var name = try scanner.symbol()
      while scanner.take("::") { name += "::" + (try scanner.symbol()) }
      return .symbol(name)
    case UInt8(ascii: "#"): return try dialectAttribute()
    case UInt8(ascii: "-"), UInt8(ascii: "+"): return try numberAttribute()
    case let byte? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
      return try numberAttribute()
    default: break
    }
    if scanner.take("dense") { return .elements(try elements()) }
    if scanner.take("array") { return try arrayAttribute() }
    if scanner.take("true") { return .flag(true) }
    if scanner.take("false") { return .flag(false) }
    if scanner.take("unit") { return .unit }
    if scanner.take("dense_resource") {
      throw scanner.failure("a constant with its values; external resources are not supported")
    }
    if scanner.take("loc") {
      try scanner.expect("(")
      try Self.skipBalanced(&scanner, until: UInt8(ascii: ")"))
      try scanner.expect(")")
      return .unit
    }
    return .type(try type())
  }

  private mutating func numberAttribute() throws(StableHLOError) -> TreeAttribute {
    let start = scanner.position
    let word = try scanner.number()
    if scanner.take(":") {
      let type = try type()
      if case .other(let element) = type, let bytes = Self.bytes(of: word, element),
        element.hasPrefix("f") || element == "bf16"
      {
        return .real(TreeElements.real(bytes, element))
      }
    }
    if let value = Int(word) { return .integer(value) }
    if let value = Double(word) { return .real(value) }
    if word.hasPrefix("0x"), let value = Int(word.dropFirst(2), radix: 16) {
      return .integer(value)
    }
    throw StableHLOError(scanner.place(of: start), "expected a number, found '\(word)'")
  }

  /// `array<i64: 1, 2>`
  private mutating func arrayAttribute() throws(StableHLOError) -> TreeAttribute {
    try scanner.expect("<")
    _ = try scanner.name("the type of the elements")
    var list: [TreeAttribute] = []
    if scanner.take(":") {
      repeat {
        if scanner.take("true") {
          list.append(.flag(true))
        } else if scanner.take("false") {
          list.append(.flag(false))
        } else {
          list.append(try numberAttribute())
        }
      } while scanner.take(",")
    }
    try scanner.expect(">")
    return .list(list)
  }

  /// `#stablehlo<precision DEFAULT>`, `#stablehlo.gather<offset_dims = [0], ...>`, `#alias`.
  private mutating func dialectAttribute() throws(StableHLOError) -> TreeAttribute {
    try scanner.expect("#")
    let name = try scanner.name("the name of an attribute")
    guard scanner.peekAhead(0) == UInt8(ascii: "<") else {
      return aliases[name] ?? .unit
    }
    try scanner.expect("<")
    if name == "stablehlo.conv" {
      let numbers = try convolutionDimensions()
      try scanner.expect(">")
      return .dictionary(numbers)
    }
    if name.hasPrefix("sdy.") {
      try Self.skipBalanced(&scanner, until: UInt8(ascii: ">"))
      try scanner.expect(">")
      return .unit
    }
    var found: [String: TreeAttribute] = [:]
    while !scanner.take(">") {
      if scanner.peek() == UInt8(ascii: ",") { try scanner.expect(",") }
      let key = try scanner.name("the name of a value")
      if scanner.take("=") {
        found[key] = try attribute()
      } else if scanner.take(">") {
        return .word(key)
      } else {
        let word = try scanner.name("a word")
        try scanner.expect(">")
        return .word(word)
      }
    }
    return .dictionary(found)
  }

  // MARK: Constants

  /// `<values> : type` of a constant.
  mutating func elements() throws(StableHLOError) -> TreeElements {
    let start = scanner.place
    try scanner.expect("<")
    var words: [(word: String, position: Int)] = []
    var hex: String?
    if scanner.peek() == UInt8(ascii: "\"") {
      hex = try scanner.quoted("hexadecimal digits")
      try scanner.expect(">")
    } else if !scanner.take(">") {
      try values(into: &words)
      try scanner.expect(">")
    }
    try scanner.expect(":")
    guard case .tensor(let shape, let element) = try type() else {
      throw StableHLOError(start, "expected the type of a tensor behind the values of a constant")
    }
    guard let width = TreeElements.byteCount(of: element) else {
      throw StableHLOError(start, "constants of \(element) are not supported")
    }
    let count = shape.reduce(1, *)
    if let hex {
      return try Self.elements(hex: hex, shape, element, count, width, start)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(words.count * width)
    for (word, position) in words {
      guard let value = Self.bytes(of: word, element) else {
        throw StableHLOError(
          scanner.place(of: position), "expected a value of type \(element), found '\(word)'")
      }
      bytes += value
    }
    let isSplat = words.count == 1
    if !isSplat && words.count != count {
      throw StableHLOError(
        start,
        "expected \(count) values for \(TreeType.tensor(shape: shape, element: element)), "
          + "found \(words.count)")
    }
    if count == 0 { bytes = [] }
    return TreeElements(
      shape: shape, element: element, bytes: bytes, isSplat: isSplat && count != 0)
  }

  private static func elements(
    hex: String, _ shape: [Int], _ element: String, _ count: Int, _ width: Int,
    _ place: SourcePlace
  ) throws(StableHLOError) -> TreeElements {
    guard var bytes = TextScanner.hexBytes(hex) else {
      throw StableHLOError(place, "expected hexadecimal digits after 0x")
    }
    if element == "i1", bytes.count == (count + 7) / 8, count != bytes.count {
      bytes = (0..<count).map { bytes[$0 / 8] >> UInt8($0 % 8) & 1 }
    }
    guard bytes.count == count * width || bytes.count == width else {
      throw StableHLOError(
        place,
        "expected \(count * width) bytes for "
          + "\(TreeType.tensor(shape: shape, element: element)), found \(bytes.count)")
    }
    return TreeElements(
      shape: shape, element: element, bytes: bytes,
      isSplat: count > 0 && bytes.count == width)
  }

  private mutating func values(
    into words: inout [(word: String, position: Int)]
  ) throws(StableHLOError) {
    depth += 1
    defer { depth -= 1 }
    if depth > 100 {
      throw StableHLOError(scanner.place, "expected less than 100 lists inside one another")
    }
    guard scanner.take("[") else {
      _ = scanner.peek()
      let position = scanner.position
      if scanner.take("(") {
        throw scanner.failure("a real number; complex ones are not supported")
      }
      words.append((try scanner.number(), position))
      return
    }
    if scanner.take("]") { return }
    repeat { try values(into: &words) } while scanner.take(",")
    try scanner.expect("]")
  }

  /// The bytes of a value, little-endian; `nil` if it is none of the type.
  static func bytes(of word: String, _ element: String) -> [UInt8]? {
    guard let width = TreeElements.byteCount(of: element) else { return nil }
    let bits: UInt64
    if word == "true" || word == "false" {
      guard element == "i1" else { return nil }
      bits = word == "true" ? 1 : 0
    } else if word.hasPrefix("0x") {
      guard let value = UInt64(word.dropFirst(2), radix: 16) else { return nil }
      bits = value
    } else if element.hasPrefix("f") || element.hasPrefix("bf") {
      // Digits are rounded once.
      guard let value = element == "f32" ? Float(word).map(Double.init) : Double(word),
        let dtype = DType(rawValue: element)
      else { return nil }
      return Literal(.scalar(dtype), splat: value).bytes
    } else if let value = Int64(word) {
      bits = UInt64(bitPattern: value)
    } else if let value = UInt64(word) {
      bits = value
    } else {
      return nil
    }
    return (0..<width).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
  }
}
