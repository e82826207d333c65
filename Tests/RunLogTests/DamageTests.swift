import Foundation
import HDF5
import RunLog
import Testing

@Suite("A damaged file is refused before libhdf5 sees it")
struct DamageTests {
  /// A kind of file: how it is written, and how it is read.
  enum Kind: CaseIterable {
    case run, checkpoint, comparison

    func write(to path: String) throws {
      switch self {
      case .run:
        let writer = try Samples.writer(at: path)
        writer.addExecutable(Samples.profile("train"))
        (0..<100).map(Samples.step).forEach(writer.recordStep)
        writer.recordEpoch(Samples.epoch(1))
        writer.finish(.finished, summary: [])
      case .checkpoint: try CheckpointFile.write(CheckpointFileTests.contents, to: path)
      case .comparison: try ComparisonFileTests.writeTwoRows(to: path)
      }
    }

    func read(_ path: String) throws {
      switch self {
      case .run:
        let run = try RunFile(path: path)
        _ = (try run.steps(), try run.epochs(), try run.executables(), try run.summary())
      case .checkpoint: _ = try CheckpointFile.read(path)
      case .comparison: _ = try ComparisonFile.read(FileSource(path: path))
      }
    }
  }

  // A generator of its own, so that the same bytes are changed each time.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64 = 9
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 33
    }
  }

  @Test("a hundred changed bytes, anywhere: each is found", arguments: Kind.allCases)
  func changedBytes(kind: Kind) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      try kind.write(to: path)
      try kind.read(path)
      let whole = try [UInt8](Data(contentsOf: URL(filePath: path)))
      var generator = Generator()
      for round in 0..<100 {
        var bytes = whole
        // A fifth of them in header and superblock.
        let end = round % 5 == 0 ? 608 : bytes.count
        let place = Int.random(in: 0..<end, using: &generator)
        bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
        try Data(bytes).write(to: URL(filePath: path))
        let words = sentence { try kind.read(path) }
        let found = ["the file is damaged", "the HDF5 file is truncated"].contains {
          words.hasPrefix("\(path): \($0): ")
        }
        #expect(found && !words.contains("\n"), "byte \(place): \(words)")
      }
    }
  }

  @Test("a file cut off anywhere, or longer than it was, is refused", arguments: Kind.allCases)
  func changedLength(kind: Kind) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      try kind.write(to: path)
      let whole = try Data(contentsOf: URL(filePath: path))
      for length in stride(from: 0, to: whole.count, by: whole.count / 40) {
        try whole.prefix(length).write(to: URL(filePath: path))
        let words = sentence { try kind.read(path) }
        let isTruncated = words.contains("the HDF5 file is truncated")
        #expect(isTruncated || length < 512, "\(length): \(words)")
        #expect(words.hasPrefix("\(path): ") && !words.contains("\n"), "\(words)")
      }
      try (whole + Data([0])).write(to: URL(filePath: path))
      #expect(sentence { try kind.read(path) }.contains("the file is damaged"))
    }
  }

  @Test("two changes that weaker sums would not see: two top bits, two words exchanged")
  func pairedChanges() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      try Kind.run.write(to: path)
      let whole = try [UInt8](Data(contentsOf: URL(filePath: path)))
      var flipped = whole
      flipped[1023] ^= 0x80
      flipped[2047] ^= 0x80
      var exchanged = whole
      exchanged.replaceSubrange(1024..<1032, with: whole[2048..<2056])
      exchanged.replaceSubrange(2048..<2056, with: whole[1024..<1032])
      for bytes in [flipped, exchanged] where bytes != whole {
        try Data(bytes).write(to: URL(filePath: path))
        #expect(sentence { try Kind.run.read(path) }.contains("the file is damaged"))
      }
    }
  }

  @Test("a signature at 512 without a header is damage; one at 0 or elsewhere is a foreign file")
  func header() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.h5"
      try Kind.run.write(to: path)
      let whole = try Data(contentsOf: URL(filePath: path))
      let inner = whole.dropFirst(512)
      for (bytes, words) in [
        (Data(count: 512) + inner, "the file is damaged"),
        (Data(inner), "an HDF5 file without simtrain's checksum"),
        (Data(count: 1024) + inner, "an HDF5 file without simtrain's checksum"),
        (Data("hello".utf8), "this is not an HDF5 file"),
      ] {
        try bytes.write(to: URL(filePath: path))
        let found = sentence { try Kind.run.read(path) }
        #expect(found.hasPrefix("\(path): \(words)"), "\(found)")
      }
    }
  }

  /// Writes to `other` the file at `path` as an HDF5 file without a user block, which it was before it had a header.
  ///
  /// - Source: HDF5 File Format Specification 3.0, section II.A, superblock 0: base address at byte
  ///   24, end of file at byte 40, little-endian.
  private static func strip(_ path: String, to other: String) throws {
    var bytes = try [UInt8](Data(contentsOf: URL(filePath: path)).dropFirst(512))
    for (place, value) in [(24, 0), (40, bytes.count)] {
      for byte in 0..<8 { bytes[place + byte] = UInt8(value >> (8 * byte) & 255) }
    }
    try Data(bytes).write(to: URL(filePath: other))
  }

  @Test("a copy of a file without its header says the same and has a checksum")
  func unverifiedCopy() throws {
    try withTemporaryFolder { folder in
      let (whole, path) = (folder + "/whole.h5", folder + "/a.h5")
      try Kind.run.write(to: whole)
      let run = try RunFile(path: whole)
      try Self.strip(whole, to: path)
      #expect(sentence { _ = try RunFile(path: path) }.contains("without simtrain's checksum"))
      let copyPath = folder + "/copy.h5"
      _ = FileManager.default.createFile(atPath: copyPath, contents: nil)
      let handle = try FileHandle(forUpdating: URL(filePath: copyPath))
      try FileSource.copyUnverified(path, to: handle.fileDescriptor)
      let source = FileSource(
        path: path, copiedTo: copyPath, keeping: handle)
      let copy = try RunFile(source)
      #expect(copy.path == path)
      #expect(copy.header == run.header)
      #expect(try copy.steps() == run.steps())
      #expect(try copy.epochs() == run.epochs())
      #expect(try copy.executables().map(\.name) == ["train"])
      #expect(try RunFile(path: copyPath).header == run.header)
    }
  }

  @Test("a pipe that nobody writes to is refused at once")
  func pipe() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/pipe.h5"
      #expect(mkfifo(path, 0o600) == 0)
      #expect(
        sentence { _ = try RunFile(path: path) }
          == "\(path): this is a device or a pipe. Give the path of a file that ends in .h5.")
      #expect(sentence { _ = try RunFile(path: "/dev/zero") }.contains("a device or a pipe"))
    }
  }
}
