internal import HDF5

/// Reads the attributes of one object of a run file; what is missing is an error.
struct AttributeLookup {
  private let object: String

  init(of object: String) { self.object = object }

  func optional(_ name: String, in file: borrowing HDF5File) throws(RunLogError) -> HDF5Value? {
    do { return try file.attribute(name, of: object) } catch { throw .hdf5(error) }
  }

  func text(_ name: String, in file: borrowing HDF5File) throws(RunLogError) -> String {
    guard case .text(let value) = try optional(name, in: file) else {
      throw damaged(name, in: file)
    }
    return value
  }

  func texts(_ name: String, in file: borrowing HDF5File) throws(RunLogError) -> [String] {
    guard case .texts(let values) = try optional(name, in: file) else {
      throw damaged(name, in: file)
    }
    return values
  }

  func integer(_ name: String, in file: borrowing HDF5File) throws(RunLogError) -> Int {
    guard case .integer(let value) = try optional(name, in: file) else {
      throw damaged(name, in: file)
    }
    return Int(value)
  }

  func unsigned(_ name: String, in file: borrowing HDF5File) throws(RunLogError) -> UInt64 {
    guard case .unsigned(let value) = try optional(name, in: file) else {
      throw damaged(name, in: file)
    }
    return value
  }

  func real(_ name: String, in file: borrowing HDF5File) throws(RunLogError) -> Double {
    guard case .real(let value) = try optional(name, in: file) else {
      throw damaged(name, in: file)
    }
    return value
  }

  /// Every attribute of the object, in alphabetical order.
  func all(in file: borrowing HDF5File) throws(RunLogError) -> [RunAttribute] {
    let names: [String]
    do { names = try file.attributeNames(of: object) } catch { throw .hdf5(error) }
    var attributes: [RunAttribute] = []
    for name in names {
      if let value = try optional(name, in: file) { attributes.append(RunAttribute(name, value)) }
    }
    return attributes
  }

  func damaged(_ name: String, in file: borrowing HDF5File) -> RunLogError {
    .damaged(
      path: file.path, object: object, reason: "has no attribute '\(name)' of the right type")
  }
}
