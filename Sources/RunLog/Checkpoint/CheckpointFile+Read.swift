internal import GraphIR
internal import HDF5
package import Training

extension CheckpointFile {
  /// Reads a checkpoint.
  ///
  /// - Throws: `hdf5` for a file that is missing, damaged or not HDF5; `notACheckpoint`;
  ///   `newerCheckpoint`; `damagedCheckpoint`.
  package static func read(_ source: FileSource) throws(RunLogError) -> Checkpoint {
    let path = source.path
    let file = try source.open()
    let root = AttributeLookup(of: "/")
    guard try root.optional(RootAttribute.format, in: file) == .text(CheckpointFormat.name) else {
      throw .notACheckpoint(path: path)
    }
    do throws(RunLogError) {
      let version = try root.integer(RootAttribute.formatVersion, in: file)
      guard version <= CheckpointFormat.version else {
        throw .newerCheckpoint(
          path: path, found: version, supported: CheckpointFormat.version)
      }
      return Checkpoint(
        tensors: try tensors(in: file),
        entries: try AttributeLookup(of: CheckpointFormat.settings).all(in: file).compactMap {
          attribute in
          Checkpoint.Value(attribute.value).map {
            Checkpoint.Entry(name: attribute.name, value: $0)
          }
        })
    } catch {
      switch error {
      case .damaged(let path, let object, let reason):
        throw .damagedCheckpoint(path: path, object: object, reason: reason)
      case .hdf5(let cause):
        throw .damagedCheckpoint(
          path: path, object: CheckpointFormat.tensors, reason: "cannot be read (\(cause))")
      default: throw error
      }
    }
  }

  /// Reads the checkpoint at `path`, which must have its checksum.
  ///
  /// - Throws: as above.
  package static func read(_ path: String) throws(RunLogError) -> Checkpoint {
    try read(FileSource(path: path))
  }

  private static func tensors(
    in file: borrowing HDF5File
  ) throws(RunLogError) -> [Checkpoint.Tensor] {
    let group = AttributeLookup(of: CheckpointFormat.tensors)
    var tensors: [Checkpoint.Tensor] = []
    for name in try group.texts(CheckpointFormat.order, in: file) {
      tensors.append(try tensor(name, in: file))
    }
    return tensors
  }

  private static func tensor(
    _ name: String, in file: borrowing HDF5File
  ) throws(RunLogError) -> Checkpoint.Tensor {
    let object = "\(CheckpointFormat.tensors)/\(name)"
    let attributes = AttributeLookup(of: object)
    let code = try attributes.text(CheckpointFormat.elementType, in: file)
    guard let dtype = DType(rawValue: code),
      case .integers(let shape) = try attributes.optional(CheckpointFormat.shape, in: file),
      shape.allSatisfy({ $0 >= 0 && $0 < 1 << 31 })
    else {
      throw .damaged(
        path: file.path, object: object, reason: "has no sound shape and element type")
    }
    let bytes: [UInt8]
    do { bytes = try TensorCoding.read(object, as: dtype, from: file) } catch {
      throw .hdf5(error)
    }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(size))
      count = overflow ? -1 : product
      if overflow { break }
    }
    guard count >= 0, bytes.count % dtype.byteCount == 0, bytes.count / dtype.byteCount == count
    else {
      throw .damaged(
        path: file.path, object: object,
        reason: "has \(bytes.count / dtype.byteCount) elements, which its shape does not")
    }
    return Checkpoint.Tensor(
      name: name, type: TensorType(shape.map(Int.init), dtype), bytes: bytes)
  }
}
