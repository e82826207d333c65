internal import Datasets
internal import GraphIR

/// Tensors of a program as arrays of numpy's.
enum ProgramArrays {
  /// The value of a parameter or result.
  ///
  /// - Throws: `CommandFailure.usage` where the array has another shape, or values that the type does
  ///   not have.
  static func literal(
    _ entry: ArrayArchive.Entry, as type: TensorType, _ place: String
  ) throws(CommandFailure) -> Literal {
    guard entry.shape == type.shape else {
      throw .usage("\(place) is \(text(entry)), and the program wants \(type).")
    }
    let (read, isFloat) = try reader(entry, place)
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

  static func entry(_ literal: Literal) -> ArrayArchive.Entry {
    // numpy has no bfloat16 of its own.
    let isBFloat = literal.type.dtype == .bf16
    let wide = isBFloat ? Literal(literal.type.with(dtype: .f32), literal.elements) : literal
    return ArrayArchive.Entry(
      type: numpyType(wide.type.dtype), shape: wide.type.shape, bytes: wide.bytes)
  }

  private static func numpyType(_ dtype: DType) -> String {
    switch dtype {
    case .i1: "b1"
    case .i8: "i1"
    case .ui8: "u1"
    case .i32: "i4"
    case .ui32: "u4"
    case .f16: "f2"
    case .f32, .bf16: "f4"
    case .f64: "f8"
    }
  }

  /// `float32 of shape 2 x 3`
  private static func text(_ entry: ArrayArchive.Entry) -> String {
    let kinds: [Character: String] = ["f": "float", "i": "int", "u": "uint", "b": "bool"]
    let kind = entry.type.first.flatMap { kinds[$0] } ?? entry.type
    let bits = (Int(entry.type.dropFirst()) ?? 0) * 8
    let name = kind == "bool" ? kind : "\(kind)\(bits)"
    return entry.shape.isEmpty
      ? "one \(name)"
      : "\(name) of shape \(entry.shape.map(String.init).joined(separator: " x "))"
  }

  private typealias Reader = (UnsafeRawBufferPointer, Int) -> Double

  private static func reader(
    _ entry: ArrayArchive.Entry, _ place: String
  ) throws(CommandFailure) -> (read: Reader, isFloat: Bool) {
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
    case "b1", "u1": return integers(UInt8.self)
    case "i1": return integers(Int8.self)
    case "u2": return integers(UInt16.self)
    case "i2": return integers(Int16.self)
    case "u4": return integers(UInt32.self)
    case "i4": return integers(Int32.self)
    case "u8": return integers(UInt64.self)
    case "i8": return integers(Int64.self)
    case "f2": return floats(.f16)
    case "f4": return floats(.f32)
    case "f8": return floats(.f64)
    default: throw .usage("\(place) is of numpy's type \(entry.type), which is not supported.")
    }
  }
}
