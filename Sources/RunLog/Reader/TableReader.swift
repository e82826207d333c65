internal import HDF5

/// A table of a run file, read column by column; what is missing is an error that names the file.
struct TableReader {
  private let path: String
  private let name: String
  private let table: HDF5Table

  init(_ file: borrowing HDF5File, _ name: String) throws(RunLogError) {
    path = file.path
    self.name = name
    do { table = try file.readTable(from: name) } catch { throw .hdf5(error) }
  }

  /// The names of the columns.
  var fields: [String] { table.fields.map(\.name) }

  func has(_ field: String) -> Bool { table[field] != nil }

  func integers(_ field: String) throws(RunLogError) -> [Int] {
    switch table[field] {
    case .int32(let values): return values.map(Int.init)
    case .int64(let values): return values.map(Int.init)
    default: throw damaged("has no column '\(field)' of integers")
    }
  }

  func reals(_ field: String) throws(RunLogError) -> [Double] {
    guard case .float64(let values) = table[field] else {
      throw damaged("has no column '\(field)' of 64-bit floating-point numbers")
    }
    return values
  }

  func texts(_ field: String) throws(RunLogError) -> [String] {
    guard case .text(let values) = table[field] else {
      throw damaged("has no column '\(field)' of text")
    }
    return values
  }

  func labels(_ field: String) throws(RunLogError) -> [String] {
    guard case .labels(let codes, let names) = table[field] else {
      throw damaged("has no column '\(field)' of labels")
    }
    var labels: [String] = []
    labels.reserveCapacity(codes.count)
    for code in codes {
      guard Int(code) < names.count else {
        throw damaged("has the code \(code) in '\(field)', which stands for nothing")
      }
      labels.append(names[Int(code)])
    }
    return labels
  }

  func damaged(_ reason: String) -> RunLogError {
    .damaged(path: path, object: name, reason: reason)
  }
}
