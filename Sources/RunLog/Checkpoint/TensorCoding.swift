internal import GraphIR
internal import HDF5
internal import Training

/// How a tensor's bytes become a dataset: numbers of 32 and 64 bits as they are, other types as unsigned
/// numbers of the same bits.
enum TensorCoding {
  static func write(
    _ tensor: Checkpoint.Tensor, to name: String, in file: borrowing HDF5File
  ) throws(HDF5Error) {
    switch tensor.type.dtype {
    case .f32: try file.write(values(tensor.bytes) as [Float], to: name)
    case .f64: try file.write(values(tensor.bytes) as [Double], to: name)
    case .ui32: try file.write(values(tensor.bytes) as [UInt32], to: name)
    case .i32: try file.write(values(tensor.bytes) as [Int32], to: name)
    case .ui64: try file.write(values(tensor.bytes) as [UInt64], to: name)
    case .i64: try file.write(values(tensor.bytes) as [Int64], to: name)
    case .i16, .ui16, .bf16, .f16:
      try file.write((values(tensor.bytes) as [UInt16]).map(UInt32.init), to: name)
    case .i1, .i8, .ui8: try file.write(tensor.bytes.map(UInt32.init), to: name)
    }
  }

  static func read(
    _ name: String, as dtype: DType, from file: borrowing HDF5File
  ) throws(HDF5Error) -> [UInt8] {
    switch dtype {
    case .f32: bytes(try file.read(Float.self, from: name))
    case .f64: bytes(try file.read(Double.self, from: name))
    case .ui32: bytes(try file.read(UInt32.self, from: name))
    case .i32: bytes(try file.read(Int32.self, from: name))
    case .ui64: bytes(try file.read(UInt64.self, from: name))
    case .i64: bytes(try file.read(Int64.self, from: name))
    case .i16, .ui16, .bf16, .f16:
      bytes(try file.read(UInt32.self, from: name).map { UInt16(truncatingIfNeeded: $0) })
    case .i1, .i8, .ui8:
      try file.read(UInt32.self, from: name).map { UInt8(truncatingIfNeeded: $0) }
    }
  }

  private static func values<Value: BitwiseCopyable>(_ bytes: [UInt8]) -> [Value] {
    bytes.withUnsafeBytes { raw in
      (0..<raw.count / MemoryLayout<Value>.size).map {
        raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Value>.size, as: Value.self)
      }
    }
  }

  private static func bytes<Value: BitwiseCopyable>(_ values: [Value]) -> [UInt8] {
    values.withUnsafeBytes { Array($0) }
  }
}
