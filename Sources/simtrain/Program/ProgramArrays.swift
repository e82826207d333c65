internal import Datasets
internal import GraphIR

/// Tensors of a program as arrays of numpy's.
enum ProgramArrays {
  /// The arrays of these names that a file holds.
  ///
  /// - Throws: what is wrong with the file.
  static func file(_ path: String, reading wanted: Set<String>) throws -> ArrayArchive {
    guard ArrayArchive.isHDF5(path), !wanted.isEmpty else {
      return try ArrayArchive(path: path, reading: wanted)
    }
    // libhdf5 trusts what it reads.
    let copied = try UnverifiedFile.copied(path, arrays: wanted.sorted())
    return try ArrayArchive(path: path, copiedTo: copied.copy, reading: wanted)
  }

  /// The values of parameters, by their names.
  ///
  /// - Throws: what is wrong with the file, or one that it does not hold.
  static func values(of parameters: [Parameter], in path: String) throws -> [Literal] {
    let archive = try file(path, reading: Set(parameters.map(\.name)))
    return try parameters.map { parameter in
      guard let entry = archive.entries[parameter.name] else {
        throw CommandFailure.usage(missing(parameter.name, parameter.type, archive, path))
      }
      return try literal(entry, as: parameter.type, "\(path): '\(parameter.name)'")
    }
  }

  static func missing(
    _ name: String, _ type: TensorType, _ archive: ArrayArchive, _ path: String
  ) -> String {
    let found = archive.names.prefix(8).joined(separator: ", ")
    return "\(path): it holds no '\(name)' (\(type)), but \(found.isEmpty ? "nothing" : found)."
  }

  /// The value of a parameter or result.
  ///
  /// - Throws: `CommandFailure.usage` where the array has another shape, or values that the type does
  ///   not have.
  static func literal(
    _ entry: NumberArray, as type: TensorType, _ place: String
  ) throws(CommandFailure) -> Literal {
    guard entry.shape == type.shape else {
      throw .usage("\(place) is \(text(entry)), and the program wants \(type).")
    }
    let isFloat = [.float16, .float32, .float64].contains(entry.type)
    if isFloat && !type.dtype.isFloatingPoint {
      throw .usage("\(place) is \(text(entry)), and the program wants \(type).")
    }
    if ![.bf16, .i1].contains(type.dtype) && entry.type == numpyType(type.dtype) {
      return entry.bytes.withUnsafeBytes { Literal(type, bytes: $0) }
    }
    if type.dtype.isFloatingPoint { return Literal(type, entry.realValues) }
    var words: [Double] = []
    for value in entry.wholeValues {
      guard let word = type.dtype.word(exactly: value) else {
        throw .usage("\(place) holds \(value), which no \(type.dtype) is.")
      }
      words.append(word)
    }
    return words.isEmpty ? Literal(type, []) : Literal(type, words: words)
  }

  static func entry(_ literal: Literal) -> NumberArray {
    // numpy has no bfloat16 of its own.
    let isBFloat = literal.type.dtype == .bf16
    let wide = isBFloat ? Literal(literal.type.with(dtype: .f32), literal.elements) : literal
    return NumberArray(
      type: numpyType(wide.type.dtype), shape: wide.type.shape, bytes: wide.bytes)
  }

  private static func numpyType(_ dtype: DType) -> NumberType {
    switch dtype {
    case .i1: .bool
    case .i8: .int8
    case .ui8: .uint8
    case .i16: .int16
    case .ui16: .uint16
    case .i32: .int32
    case .ui32: .uint32
    case .i64: .int64
    case .ui64: .uint64
    case .f16: .float16
    case .f32, .bf16: .float32
    case .f64: .float64
    }
  }

  /// `float32 of shape 2 x 3`
  private static func text(_ entry: NumberArray) -> String {
    entry.shape.isEmpty
      ? "one \(entry.type.rawValue)"
      : "\(entry.type.rawValue) of shape "
        + entry.shape.map(String.init).joined(separator: " x ")
  }
}

extension DType {
  /// The word of an integer, if this type has it.
  fileprivate func word(exactly value: Int128) -> Double? {
    let cut = word(wrapping: Int(truncatingIfNeeded: value))
    let bits = integer(cut)
    let back = self == .ui64 ? Int128(UInt(bitPattern: bits)) : Int128(bits)
    return back == value ? cut : nil
  }
}

extension NumberArray {
  /// Whole numbers as they are.
  fileprivate var wholeValues: [Int128] {
    switch type {
    case .bool, .uint8: values(UInt8.self) { Int128($0) }
    case .int8: values(Int8.self) { Int128($0) }
    case .uint16: values(UInt16.self) { Int128($0) }
    case .int16: values(Int16.self) { Int128($0) }
    case .uint32: values(UInt32.self) { Int128($0) }
    case .int32: values(Int32.self) { Int128($0) }
    case .uint64: values(UInt64.self) { Int128($0) }
    case .int64: values(Int64.self) { Int128($0) }
    case .float16, .float32, .float64: []
    }
  }

  /// Numbers of any type.
  fileprivate var realValues: [Double] {
    switch type {
    case .float16: values(UInt16.self) { Double(NarrowFloats.float(float16Bits: $0)) }
    case .float32: values(Float.self) { Double($0) }
    case .float64: values(Double.self) { $0 }
    default: wholeValues.map { Double($0) }
    }
  }

  private func values<T: BitwiseCopyable, R>(_: T.Type, _ convert: (T) -> R) -> [R] {
    bytes.withUnsafeBytes { raw in
      (0..<raw.count / MemoryLayout<T>.size).map {
        convert(raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self))
      }
    }
  }
}
