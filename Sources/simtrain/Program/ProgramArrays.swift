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
    let (read, isFloat) = reader(entry)
    if isFloat != type.dtype.isFloatingPoint && isFloat {
      throw .usage("\(place) is \(text(entry)), and the program wants \(type).")
    }
    let values = entry.bytes.withUnsafeBytes { raw in
      (0..<type.elementCount).map { read(raw, $0) }
    }
    if !type.dtype.isFloatingPoint,
      let value = values.first(where: { type.dtype.rounding($0) != $0 })
    {
      throw .usage("\(place) holds \(Int(value)), which no \(type.dtype) is.")
    }
    return Literal(type, values)
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
    case .i32: .int32
    case .ui32: .uint32
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

  private typealias Reader = (UnsafeRawBufferPointer, Int) -> Double

  private static func reader(_ entry: NumberArray) -> (read: Reader, isFloat: Bool) {
    func integers<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) -> (Reader, Bool) {
      (
        { raw, index in
          Double(raw.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self))
        }, false
      )
    }
    func floats(_ dtype: DType) -> (Reader, Bool) {
      ({ raw, index in raw.baseAddress.map { dtype.load(at: index, from: $0) } ?? 0 }, true)
    }
    switch entry.type {
    case .bool, .uint8: return integers(UInt8.self)
    case .int8: return integers(Int8.self)
    case .uint16: return integers(UInt16.self)
    case .int16: return integers(Int16.self)
    case .uint32: return integers(UInt32.self)
    case .int32: return integers(Int32.self)
    case .uint64: return integers(UInt64.self)
    case .int64: return integers(Int64.self)
    case .float16: return floats(.f16)
    case .float32: return floats(.f32)
    case .float64: return floats(.f64)
    }
  }
}
