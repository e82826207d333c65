/// The codes of VHLO's types and attributes.
///
/// - Source: StableHLO, `stablehlo/dialect/VhloBytecode.cpp`.
extension BytecodeReader {
  private static let elements: [Int: String] = [
    0: "i1", 2: "bf16", 3: "f16", 4: "f32", 5: "f64", 6: "f8E4M3FN", 7: "f8E5M2", 9: "index",
    10: "i4", 11: "i8", 12: "i16", 13: "i32", 14: "i64", 15: "ui4", 16: "ui8", 17: "ui16",
    18: "ui32", 19: "ui64",
  ]

  mutating func readType(_ entry: Entry) throws(StableHLOError) -> MLIRType {
    var cursor = ByteCursor(bytes, entry.range)
    guard entry.isCustom else { return .other(try cursor.zeroTerminated()) }
    let code = try cursor.varint()
    if entry.dialect == "builtin", code == 0 {
      // Width and signedness: of what is said of a module.
      let width = try cursor.varint()
      return .element((width & 3 == 2 ? "ui" : "i") + "\(width >> 2)")
    }
    guard entry.dialect == "vhlo" else { return .other("\(entry.dialect) type \(code)") }
    if let name = Self.elements[code] { return .element(name) }
    switch code {
    case 8:
      var (operands, results): ([MLIRType], [MLIRType]) = ([], [])
      for _ in 0..<(try cursor.count()) { operands.append(try type(&cursor)) }
      for _ in 0..<(try cursor.count()) { results.append(try type(&cursor)) }
      return .function(operands, results)
    case 20, 21:
      var shape: [Int] = []
      for _ in 0..<(try cursor.count()) { shape.append(try cursor.signed()) }
      guard case .element(let element) = try type(&cursor) else {
        throw cursor.failure("tensors of such elements are not supported")
      }
      if code == 21 || shape.contains(where: { $0 < 0 }) {
        throw cursor.failure(
          "dynamic shapes are not supported. Lower the program with fixed shapes")
      }
      try TextReader.requireCount(shape, element, .byte(cursor.position))
      return .tensor(shape, element)
    case 22: return .other("token")
    case 23: return .other("tuple")
    default: return .other("VHLO type \(code)")
    }
  }

  mutating func readAttribute(_ entry: Entry) throws(StableHLOError) -> TreeAttribute {
    var cursor = ByteCursor(bytes, entry.range)
    guard entry.isCustom else { return .text(try cursor.zeroTerminated()) }
    let code = try cursor.varint()
    switch entry.dialect {
    case "builtin": return try builtin(code, &cursor)
    case "vhlo": return try vhlo(code, &cursor)
    default: return .unit
    }
  }

  /// - Source: MLIR, `BuiltinDialectBytecode.td`.
  private mutating func builtin(
    _ code: Int, _ cursor: inout ByteCursor
  ) throws(StableHLOError) -> TreeAttribute {
    switch code {
    case 0: return .list(try list(&cursor))
    case 1:
      var found: [String: TreeAttribute] = [:]
      for _ in 0..<(try cursor.count()) {
        guard case .text(let key) = try attribute(&cursor) else {
          throw cursor.failure("expected the name of an attribute")
        }
        found[key] = try attribute(&cursor)
      }
      return .dictionary(found)
    case 2: return .text(try string(try cursor.varint(), cursor))
    case 8: return try integer(&cursor)
    default: return .unit
    }
  }

  private mutating func integer(_ cursor: inout ByteCursor) throws(StableHLOError) -> TreeAttribute
  {
    guard case .element(let element) = try type(&cursor) else {
      throw cursor.failure("expected the type of a whole number")
    }
    let isByte = (TreeElements.byteCount(of: element) ?? 1) == 1
    guard isByte else { return .integer(try cursor.signed()) }
    let byte = try cursor.byte()
    return .integer(
      element.hasPrefix("i") && element != "i1" ? Int(Int8(bitPattern: byte)) : Int(byte))
  }

  private mutating func list(_ cursor: inout ByteCursor) throws(StableHLOError) -> [TreeAttribute] {
    var found: [TreeAttribute] = []
    for _ in 0..<(try cursor.count()) { found.append(try attribute(&cursor)) }
    return found
  }

  private static let words: [Int: [String]] = [
    3: ["EQ", "NE", "GE", "GT", "LE", "LT"],
    4: ["NOTYPE", "FLOAT", "TOTALORDER", "SIGNED", "UNSIGNED"],
    5: ["UNSPECIFIED", "ORIGINAL", "STATUS_RETURNING", "STATUS_RETURNING_UNIFIED", "TYPED_FFI"],
    7: ["FFT", "IFFT", "RFFT", "IRFFT"], 11: ["DEFAULT", "HIGH", "HIGHEST"],
    12: ["DEFAULT", "THREE_FRY", "PHILOX"], 13: ["UNSPECIFIED", "UNIFORM", "NORMAL"],
    16: ["TRANSPOSE_INVALID", "NO_TRANSPOSE", "TRANSPOSE", "ADJOINT"],
    19: ["DEFAULT", "HIGHEST", "TOLERANCE"],
  ]

  private mutating func vhlo(
    _ code: Int, _ cursor: inout ByteCursor
  ) throws(StableHLOError) -> TreeAttribute {
    if let words = Self.words[code] {
      let index = try cursor.varint()
      guard words.indices.contains(index) else {
        throw cursor.failure(
          "expected one of \(words.joined(separator: ", ")), found number \(index)")
      }
      return .word(words[index])
    }
    switch code {
    case 1: return .list(try list(&cursor))
    case 2: return .flag(try cursor.varint() != 0)
    case 6:
      var found: [String: TreeAttribute] = [:]
      for _ in 0..<(try cursor.count(atLeast: 2)) {
        guard case .text(let key) = try attribute(&cursor) else {
          throw cursor.failure("expected the name of an attribute")
        }
        found[key] = try attribute(&cursor)
      }
      return .dictionary(found)
    case 8: return try real(&cursor)
    case 9: return try integer(&cursor)
    case 14: return .text(try string(try cursor.varint(), cursor))
    case 15: return .elements(try tensor(&cursor))
    case 17:
      let found = try type(&cursor)
      if case .function(_, let results) = found { return .list(results.map { .type(tree($0)) }) }
      return .type(tree(found))
    default: return .unit
    }
  }

  private mutating func real(_ cursor: inout ByteCursor) throws(StableHLOError) -> TreeAttribute {
    guard case .element(let element) = try type(&cursor) else {
      throw cursor.failure("expected the type of a real number")
    }
    let bits = try TreeElements.byteCount(of: element) == 1 ? Int(cursor.byte()) : cursor.signed()
    let bytes = withUnsafeBytes(of: bits.littleEndian) { Array($0) }
    return .real(TreeElements.real(bytes, element))
  }

  private mutating func tensor(_ cursor: inout ByteCursor) throws(StableHLOError) -> TreeElements {
    guard case .tensor(let shape, let element) = try type(&cursor) else {
      throw cursor.failure("expected the type of a tensor")
    }
    guard let width = TreeElements.byteCount(of: element) else {
      throw cursor.failure("constants of \(element) are not supported")
    }
    var data = try cursor.data(try cursor.varint())
    let count = shape.reduce(1, *)
    if element == "i1", data.count == (count + 7) / 8, count != data.count || count == 1 {
      // Bits; a single byte with all of them is a splat.
      if count > 1 && data == [0xFF] && count > 8 {
        data = [1]
      } else {
        data = (0..<count).map { data[$0 / 8] >> UInt8($0 % 8) & 1 }
      }
    } else if element == "i1" {
      data = data.map { $0 == 0 ? 0 : 1 }
    }
    guard data.count == count * width || data.count == width else {
      throw cursor.failure(
        "expected \(count * width) bytes for \(TreeType.tensor(shape: shape, element: element)), found "
          + "\(data.count)")
    }
    return TreeElements(
      shape: shape, element: element, bytes: count == 0 ? [] : data,
      isSplat: count > 0 && data.count == width)
  }
}
