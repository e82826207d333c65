import Foundation
import GraphIR
import HDF5
import RunLog
import Testing
import Training

@Suite("Checkpoint files")
struct CheckpointFileTests {
  /// A tensor of each element type, a scalar and an empty one; settings of each kind.
  static let contents = Checkpoint(
    tensors: [
      tensor("b.weight", [2, 3], .f32), tensor("a.step", [], .f32), tensor("none", [0, 4], .f32),
    ] + DType.allCases.map { tensor("type.\($0)", [5], $0) },
    entries: [
      .init(name: "epoch", value: .integer(-3)), .init(name: "loss", value: .real(0.1)),
      .init(name: "model", value: .text("mlp")),
      .init(name: "run.overrides", value: .texts(["a=1", ""])),
    ])

  static func tensor(
    _ name: String, _ shape: [Int], _ dtype: DType
  ) -> Checkpoint.Tensor {
    let type = TensorType(shape, dtype)
    let bytes = (0..<type.byteCount).map { UInt8(truncatingIfNeeded: 37 * $0 + name.count) }
    return .init(name: name, type: type, bytes: bytes)
  }

  @Test("what is written is read back, byte for byte and in order")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/new/run.ckpt"
      try CheckpointFile.write(Self.contents, to: path)
      #expect(try CheckpointFile.read(path) == Self.contents)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder + "/new") == ["run.ckpt"])
    }
  }

  @Test("a second checkpoint takes the place of the first, whole")
  func replaces() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.ckpt"
      try CheckpointFile.write(Self.contents, to: path)
      var next = Self.contents
      next.tensors.removeFirst()
      next.entries[0].value = .integer(4)
      try CheckpointFile.write(next, to: path)
      #expect(try CheckpointFile.read(path) == next)
    }
  }

  @Test("h5 tools find each tensor's numbers, shape and type under its name")
  func layout() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.ckpt"
      try CheckpointFile.write(Self.contents, to: path)
      let file = try HDF5File(openingAt: path)
      let values = try file.read(Float.self, from: "tensors/b.weight")
      #expect(values.withUnsafeBytes { Array($0) } == Self.contents.tensors[0].bytes)
      #expect(try file.attribute("shape", of: "tensors/b.weight") == .integers([2, 3]))
      #expect(try file.attribute("elementType", of: "tensors/b.weight") == .text("f32"))
      #expect(try file.attribute("epoch", of: "settings") == .integer(-3))
    }
  }

  @Test("a path that cannot be written is an error that says why")
  func unwritable() throws {
    try withTemporaryFolder { folder in
      try CheckpointFile.write(Self.contents, to: folder + "/a")
      #expect(
        sentence {
          try CheckpointFile.checkDestination(folder + "/a", replacesExisting: false)
        }
          == "\(folder)/a: the checkpoint exists. "
          + "Give another name, --resume it, or --force to replace it.")
      #expect(
        sentence { try CheckpointFile.write(Self.contents, to: folder) }
          == "\(folder): cannot write the checkpoint: it is not a regular file. "
          + "Give a file in another folder with --checkpoint.")
      #expect(
        sentence { try CheckpointFile.write(Self.contents, to: folder + "/a/b") }
          == "\(folder)/a/b: cannot write the checkpoint: Not a directory. "
          + "Give a file in another folder with --checkpoint.")
    }
  }

  @Test("what is no checkpoint is refused")
  func foreign() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      #expect(
        sentence { _ = try CheckpointFile.read(path) }
          == "\(path): there is no such file. Check the path.")
      _ = try Samples.writer(at: path)
      #expect(
        sentence { _ = try CheckpointFile.read(path) }
          == "\(path): an HDF5 file, but not a checkpoint of simtrain: "
          + "its root has no attribute 'format' that says 'simtrain checkpoint'.")
      try CheckpointFile.write(Self.contents, to: path)
      try rewrite(path) { try $0.setAttribute("formatVersion", to: .integer(4)) }
      #expect(
        sentence { _ = try CheckpointFile.read(path) }
          == "\(path): the checkpoint has format version 4, and this simtrain reads "
          + "versions up to 3. Resume with a newer simtrain.")
    }
  }

  @Test("a checkpoint cut off anywhere is refused")
  func damaged() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.ckpt"
      try CheckpointFile.write(Self.contents, to: path)
      let whole = try [UInt8](Data(contentsOf: URL(filePath: path)))
      for length in stride(from: 0, to: whole.count, by: whole.count / 40) {
        try Data(whole.prefix(length)).write(to: URL(filePath: path))
        let words = sentence { _ = try CheckpointFile.read(path) }
        #expect(words.hasPrefix("\(path): ") && !words.contains("\n"), "\(words)")
      }
    }
  }

  @Test("a shape that does not fit the numbers is refused")
  func shape() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.ckpt"
      try CheckpointFile.write(Self.contents, to: path)
      try rewrite(path) {
        try $0.setAttribute("shape", of: "tensors/b.weight", to: .integers([1 << 30, 1 << 30, 16]))
      }
      #expect(
        sentence { _ = try CheckpointFile.read(path) }
          == "\(path): the checkpoint is damaged: 'tensors/b.weight' has 6 elements, which its "
          + "shape does not. Use another checkpoint.")
    }
  }

  /// Writes the file anew, changed by `body`.
  private func rewrite(
    _ path: String, _ body: (borrowing HDF5File) throws -> Void
  ) throws {
    let file = try HDF5File(inMemoryFor: path)
    try file.setAttribute("format", to: .text("simtrain checkpoint"))
    try file.setAttribute("formatVersion", to: .integer(1))
    try file.createGroup("settings")
    try file.write([1, 2, 3, 4, 5, 6] as [Float], to: "tensors/b.weight")
    try file.setAttribute("order", of: "tensors", to: .texts(["b.weight"]))
    try file.setAttribute("elementType", of: "tensors/b.weight", to: .text("f32"))
    try body(file)
    try publish(file)
  }
}
