import Foundation
import Testing

@testable import RunLog

@Suite("Files that are not complete yet")
struct PartialFileTests {
  /// How files of ours begin, which alone are replaced.
  private static let header = "simtrain file, HDF5 from byte 512 on\nbytes "

  private func publish(_ text: String, to path: String, replaces: Bool = true) throws {
    var snapshot = try SnapshotFile(path: path, replacesExisting: replaces, createsFolder: false)
    let bytes = Array((Self.header + text).utf8)
    try snapshot.publish(bytes, byteCount: bytes.count, savedSteps: 0, isLast: true)
  }

  private func mode(_ path: String) throws -> Int {
    try #require(
      FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
  }

  @Test(
    "a file that takes another's place takes its access rights", arguments: [0o600, 0o640, 0o666])
  func rights(mode: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      try publish("one", to: path)
      #expect(try self.mode(path) == 0o644)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      try publish("two", to: path)
      #expect(try self.mode(path) == mode)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.header + "two")
    }
  }

  @Test("what a killed writer left is swept by the next; locked and foreign files stay")
  func sweeping() throws {
    try withTemporaryFolder { folder in
      let names = [
        "a.h5.0123456789abcdef.partial", "b.h5.fedcba9876543210.partial",
        "mine.partial", "a.h5.0123.partial", "a.h5.0123456789abcdeg.partial",
      ]
      for name in names { try Data("x".utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
      let descriptor = open("\(folder)/\(names[1])", O_RDONLY)
      defer { close(descriptor) }
      #expect(flock(descriptor, LOCK_EX) == 0)
      try publish("one", to: folder + "/a.h5")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
          == ["a.h5"] + [names[3], names[4], names[1], names[2]].sorted { $0 < $1 })
    }
  }

  @Test("a link with the name of a partial file is not followed, wherever it leads")
  func plantedLink() throws {
    try withTemporaryFolder { folder in
      let victim = folder + "/victim"
      try Data("precious".utf8).write(to: URL(filePath: victim))
      // What the name was before, and a name of today's form, which the sweep meets.
      for name in ["a.h5.\(getpid()).partial", "a.h5.0123456789abcdef.partial"] {
        try FileManager.default.createSymbolicLink(
          atPath: "\(folder)/\(name)", withDestinationPath: victim)
      }
      try publish("one", to: folder + "/a.h5")
      #expect(try String(contentsOfFile: victim, encoding: .utf8) == "precious")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 4)
    }
  }

  @Test("the name of a partial file is another each time, and fits beside the longest of names")
  func names() throws {
    try withTemporaryFolder { folder in
      let name = String(repeating: "ä", count: 127) + "b"
      let first = try PartialFile(beside: "\(folder)/\(name)")
      let second = try PartialFile(beside: "\(folder)/\(name)")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files.count == 2 && files.allSatisfy { $0.utf8.count <= 255 && $0.hasPrefix("ää") })
      first.remove()
      second.remove()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test("one file by two paths has one identity, and two files have two")
  func identity() throws {
    try withTemporaryFolder { folder in
      let manager = FileManager.default
      try manager.createDirectory(atPath: folder + "/real", withIntermediateDirectories: false)
      try manager.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "real")
      try manager.createSymbolicLink(atPath: folder + "/to", withDestinationPath: "link/new")
      try manager.createSymbolicLink(atPath: folder + "/loop", withDestinationPath: "loop")
      let new = FileIdentity(of: folder + "/real/new")
      for path in ["link/new", "to", "real/../link/./new", "real/x/../new", "real//new"] {
        #expect(FileIdentity(of: "\(folder)/\(path)") == new, "\(path)")
      }
      for path in ["link/other", "real", "new", "loop", "real/new/new"] {
        #expect(FileIdentity(of: "\(folder)/\(path)") != new, "\(path)")
      }
    }
  }
}
