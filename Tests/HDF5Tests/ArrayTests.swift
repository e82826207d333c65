import Foundation
import Testing

@testable import HDF5

@Suite("Arrays of any shape")
struct ArrayTests {
  private static let types: [HDF5ElementType] = [
    .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32, .float64,
  ]

  /// Bytes that are finite numbers in every type.
  private static func array(_ type: HDF5ElementType, _ shape: [Int]) -> HDF5Array {
    let count = shape.reduce(type.byteCount, *)
    return HDF5Array(
      type: type, shape: shape, bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 % 64) })
  }

  @Test(
    "what was written is read back, in shape, type and bytes, and copied so",
    arguments: types, [[], [5], [7, 3], [4, 3, 2], [3, 1, 2, 5], [0, 4]])
  func roundTrip(type: HDF5ElementType, shape: [Int]) throws {
    try withTemporaryFolder { folder in
      let array = Self.array(type, shape)
      let file = try HDF5File(inMemoryFor: folder + "/a.h5")
      try file.write(array, to: "plain")
      try file.write(array, to: "packed", layout: .compressed(rows: 2))
      try publish(file)
      let opened = try HDF5File(openingAt: folder + "/a.h5")
      for name in ["plain", "packed"] { #expect(try opened.readArray(from: name) == array) }
      let whole = try HDF5File(inMemoryFor: "whole")
      let part = try HDF5File(inMemoryFor: "part")
      try opened.copy(to: whole)
      try opened.copyArrays(["packed", "absent"], to: part)
      #expect(try whole.readArray(from: "plain") == array)
      #expect(try part.readArray(from: "packed") == array)
      #expect(try part.members(of: "/") == ["packed"])
    }
  }

  @Test("text, labels and tables are no arrays")
  func otherTypes() throws {
    let file = try HDF5File(inMemoryFor: "a.h5")
    try file.write("words", to: "text")
    try file.write(HDF5Table([.init("a", .int32([1]))]), to: "table")
    func failure(_ name: String) -> HDF5Error? {
      do throws(HDF5Error) { _ = try file.readArray(from: name) } catch { return error }
      return nil
    }
    for name in ["text", "table"] {
      #expect(
        failure(name)
          == .unexpectedType(
            path: "a.h5", object: name, found: "text or a table", expected: "numbers"))
    }
    #expect(failure("none") == .missingObject(path: "a.h5", object: "none"))
  }
}
