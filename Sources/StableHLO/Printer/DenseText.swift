internal import GraphIR

/// Constants as text, bit for bit: decimals where there are few, else the bytes.
enum DenseText {
  /// More elements than these are written as bytes.
  private static let mostDecimals = 16

  /// `dense<[1, 2]> : tensor<2xi32>`
  static func text(of literal: Literal) -> String {
    let type = literal.type
    let bytes = literal.bytes
    if type.elementCount == 0 { return "dense<> : \(type)" }
    func element(_ index: Int) -> String {
      let width = type.dtype.byteCount
      return word(bytes[index * width..<(index + 1) * width], literal[index], type.dtype)
    }
    if literal.splat != nil { return "dense<\(element(0))> : \(type)" }
    // Truth values are packed in strings of bytes, by some versions of MLIR.
    if type.elementCount > mostDecimals && type.dtype != .i1 {
      return "dense<\"0x\(hex(bytes))\"> : \(type)"
    }
    var words = (0..<type.elementCount).map(element)
    for extent in type.shape.reversed() {
      words = stride(from: 0, to: words.count, by: extent).map {
        "[" + words[$0..<$0 + extent].joined(separator: ", ") + "]"
      }
    }
    return "dense<\(words[0])> : \(type)"
  }

  private static func word(_ bytes: ArraySlice<UInt8>, _ value: Double, _ dtype: DType) -> String {
    var bits: UInt64 = 0
    for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
    if dtype == .i1 { return bits == 0 ? "false" : "true" }
    if dtype.isFloatingPoint {
      return value.isFinite ? decimal(value, dtype) : "0x" + hex(bytes.reversed())
    }
    if dtype.isUnsigned { return "\(bits)" }
    let shift = UInt64(64 - dtype.bitCount)
    return "\(Int64(bitPattern: bits << shift) >> Int64(shift))"
  }

  /// Digits that give the value back when they are rounded to a binary64 and that to the type, as MLIR
  /// does; it wants a point before an exponent.
  private static func decimal(_ value: Double, _ dtype: DType) -> String {
    let short = "\(Float(value))"
    let word =
      dtype == .f64 || Double(short).map(Float.init).map(Double.init) != value
      ? "\(value)" : short
    guard let exponent = word.firstIndex(of: "e"), !word.contains(".") else { return word }
    return word[..<exponent] + ".0" + word[exponent...]
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
