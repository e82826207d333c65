internal import CHDF5
import Foundation
import Testing

@testable import HDF5

@Suite("What a file shows and does not hold is not read")
struct ElsewhereTests {
  /// Ways in which a file can show numbers that are not in it.
  enum Way: CaseIterable { case externalStorage, virtualDataset, softLink, externalLink }

  @Test(
    "numbers that lie elsewhere are refused by name, and no copy holds them",
    arguments: Way.allCases)
  func elsewhere(way: Way) throws {
    try withTemporaryFolder { folder in
      let other = folder + "/other.h5"
      try Self.publish(holding: "numbers", at: other)
      let path = folder + "/a.h5"
      let file = try HDF5File(inMemoryFor: path)
      try file.write([7] as [Int32], to: "own")
      let isPlanted = Self.plant(way, in: file, leadingTo: other)
      #expect(isPlanted)
      // With our header and checksum, so that nothing but the dataset is wrong.
      try HDF5Tests.publish(file)
      let opened = try HDF5File(openingAt: path)
      #expect(try opened.read(Int32.self, from: "own") == [7])
      #expect(throws: HDF5Error.elsewhere(path: path, object: "numbers")) {
        _ = try HDF5File(openingAt: path).read(Int32.self, from: "numbers")
      }
      let copy = try HDF5File(inMemoryFor: folder + "/copy.h5")
      try opened.copy(to: copy)
      #expect(try copy.members(of: "/") == ["own"])
    }
  }

  private static func publish(holding name: String, at path: String) throws {
    let file = try HDF5File(inMemoryFor: path)
    try file.write([1, 2, 3, 4] as [Int32], to: name)
    try HDF5Tests.publish(file)
  }

  /// Makes `numbers` in `file`, four numbers of `other`.
  ///
  /// - Returns: Whether the library made it.
  private static func plant(
    _ way: Way, in file: borrowing HDF5File, leadingTo other: String
  ) -> Bool {
    let id = file.identifier.raw
    let standard = shim_H5P_DEFAULT()
    return locked {
      switch way {
      case .softLink: H5Lcreate_soft("/own", id, "numbers", standard, standard) >= 0
      case .externalLink:
        H5Lcreate_external(other, "/numbers", id, "numbers", standard, standard) >= 0
      case .externalStorage:
        plantDataset(in: id) { creation, _ in H5Pset_external(creation, other, 0, 16) }
      case .virtualDataset:
        plantDataset(in: id) { creation, space in
          H5Pset_virtual(creation, space, other, "/numbers", space)
        }
      }
    }
  }

  private static func plantDataset(
    in file: hid_t, storedBy place: (_ creation: hid_t, _ space: hid_t) -> herr_t
  ) -> Bool {
    let creation = H5Pcreate(shim_H5P_DATASET_CREATE())
    let space = H5Screate_simple(1, [4], nil)
    defer {
      H5Sclose(space)
      H5Pclose(creation)
    }
    guard place(creation, space) >= 0 else { return false }
    let dataset = H5Dcreate2(
      file, "numbers", shim_H5T_NATIVE_INT32(), space, shim_H5P_DEFAULT(), creation,
      shim_H5P_DEFAULT())
    return dataset >= 0 && H5Dclose(dataset) >= 0
  }
}
