/// A type of the numbers in a file, by the name that numpy has for it.
package enum NumberType: String, Hashable, Sendable {
  case bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64

  /// Bytes of one number.
  var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// The type that numpy writes as `descr`: `u1`, `i8`, `f4`.
  init?(descr: Substring) {
    if descr == "b1" {
      self = .bool
      return
    }
    let kind: String? =
      switch descr.first {
      case "u": "uint"
      case "i": "int"
      case "f": "float"
      default: nil
      }
    guard let kind, let byteCount = Int(descr.dropFirst()), (1...8).contains(byteCount) else {
      return nil
    }
    self.init(rawValue: "\(kind)\(8 * byteCount)")
  }

  /// As numpy writes it.
  var descr: String { "\(rawValue.prefix(1))\(byteCount)" }
}

/// Numbers in any number of dimensions, as a file holds them: row-major, little-endian.
package struct NumberArray: Hashable, Sendable {
  package let type: NumberType
  /// Extents, outermost first.
  package let shape: [Int]
  package let bytes: [UInt8]

  package init(type: NumberType, shape: [Int], bytes: [UInt8]) {
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }

  /// An array as numpy saves it, in C order; `nil` for what is no such array, or is cut off.
  ///
  /// - Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
  init?(npy content: [UInt8]) {
    guard content.count >= 12, content.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      return nil
    }
    let isFirstVersion = content[6] == 1
    let start = isFirstVersion ? 10 : 12
    let length =
      Int(content[8]) | Int(content[9]) << 8
      | (isFirstVersion ? 0 : Int(content[10]) << 16 | Int(content[11]) << 24)
    guard start + length <= content.count else { return nil }
    let header = String(decoding: content[start..<start + length], as: UTF8.self)
    guard let descr = header.firstMatch(of: #/'descr': *'[|<]([a-z]\d+)'/#)?.1,
      let type = NumberType(descr: descr),
      header.contains(#/'fortran_order': *False/#),
      let extents = header.firstMatch(of: #/'shape': *\(([\d, ]*)\)/#)?.1
    else { return nil }
    let shape = extents.split(whereSeparator: { ", ".contains($0) }).compactMap { Int($0) }
    var byteCount = type.byteCount
    for extent in shape {
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      byteCount = product
    }
    guard content.count - start - length == byteCount else { return nil }
    self.init(type: type, shape: shape, bytes: Array(content[(start + length)...]))
  }

  /// The numbers, if they are integers; those beyond 64 bits with a sign as the greatest there is.
  var integers: [Int]? {
    switch type {
    case .bool, .uint8: bytes.map(Int.init)
    case .int8: elements { (value: Int8) in Int(value) }
    case .uint16: elements { (value: UInt16) in Int(value) }
    case .int16: elements { (value: Int16) in Int(value) }
    case .uint32: elements { (value: UInt32) in Int(value) }
    case .int32: elements { (value: Int32) in Int(value) }
    case .uint64: elements { (value: UInt64) in Int(clamping: value) }
    case .int64: elements { (value: Int64) in Int(value) }
    case .float16, .float32, .float64: nil
    }
  }

  /// The numbers in 32 bits, if they are floating-point numbers.
  var floats: [Float]? {
    switch type {
    case .float16: elements { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
    case .float32: elements { (value: Float) in value }
    case .float64: elements { (value: Double) in Float(value) }
    default: nil
    }
  }

  private func elements<Element: BitwiseCopyable, Value>(
    _ value: (Element) -> Value
  ) -> [Value] {
    let width = MemoryLayout<Element>.size
    return bytes.withUnsafeBytes { raw in
      (0..<raw.count / width).map {
        value(raw.loadUnaligned(fromByteOffset: $0 * width, as: Element.self))
      }
    }
  }
}
