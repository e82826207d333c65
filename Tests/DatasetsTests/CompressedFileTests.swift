import Foundation
import Testing

@testable import Datasets

/// The files of `IDXFileTests`, as other programs write them (2 images of 2 x 3: 1 to 12; labels 7, 0).
private enum Packed {
  /// `gzip.compress(data, mtime=0)` of CPython 3.11.
  static let images = "H4sIAAAAAAACA2Ng4GBmYGBggmJmRiZmFlY2dg5OLm4eAEgRDIQcAAAA"
  static let labels = "H4sIAAAAAAACA2Ng4GBkYGBgYmcAAN463doKAAAA"
  /// `numpy.savez_compressed(x_train=, y_train=, x_test=, y_test=)` of NumPy 2; the test half is the
  /// first image, its label an int64.
  static let archive = """
    UEsDBC0AAAAIAAAAIQD1Laug//////////8LABQAeF90cmFpbi5ucHkBABAAjAAAAAAAAABUAAAAAAAAAJvsF+obEMnI\
    UMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CkBkrKmjUKtAHuBiZGJmYWVj\
    5+Dk4uYBAFBLAwQtAAAACAAAACEAyMQx5///////////CwAUAHlfdHJhaW4ubnB5AQAQAIIAAAAAAAAARgAAAAAAAACb\
    7BfqGxDJyFDGUK2eklqcXKRupaBeU2qorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAudgYA\
    UEsDBC0AAAAIAAAAIQDz6yU3//////////8KABQAeF90ZXN0Lm5weQEAEACGAAAAAAAAAE8AAAAAAAAAm+wX6hsQychQ\
    xlCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkahjoKRjoKxpo6CrUK5AEuRiZmFlY2\
    AFBLAwQtAAAACAAAACEAuZN7mP//////////CgAUAHlfdGVzdC5ucHkBABAAiAAAAAAAAABIAAAAAAAAAJvsF+obEMnI\
    UMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoY6mjoKtQoUAC52BggAAFBLAQIt\
    Ay0AAAAIAAAAIQD1LaugVAAAAIwAAAALAAAAAAAAAAAAAACAAQAAAAB4X3RyYWluLm5weVBLAQItAy0AAAAIAAAAIQDI\
    xDHnRgAAAIIAAAALAAAAAAAAAAAAAACAAZEAAAB5X3RyYWluLm5weVBLAQItAy0AAAAIAAAAIQDz6yU3TwAAAIYAAAAK\
    AAAAAAAAAAAAAACAARQBAAB4X3Rlc3QubnB5UEsBAi0DLQAAAAgAAAAhALmTe5hIAAAAiAAAAAoAAAAAAAAAAAAAAIAB\
    nwEAAHlfdGVzdC5ucHlQSwUGAAAAAAQABADiAAAAIwIAAAAA
    """

  static func bytes(_ text: String) throws -> [UInt8] {
    try [UInt8](#require(Data(base64Encoded: text)))
  }
}

@Suite("Compressed data")
struct CompressedFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(_ split: DatasetSplit, from path: String? = nil) throws -> ImageDataset {
    try DatasetDirectory(explicit: path ?? folder.path, environment: [:]).load(.mnist, split: split)
  }

  private func message(_ split: DatasetSplit = .train) -> String? {
    #expect(throws: DatasetError.self) { try load(split) }?.description
  }

  @Test("gzip-compressed IDX files are read as they are, whatever they are called")
  func gzip() throws {
    let images = try Packed.bytes(Packed.images)
    let labels = try Packed.bytes(Packed.labels)
    for (suffix, separator) in [(".gz", "-"), (".gz", "."), ("", "-")] {
      let place = try TemporaryFolder()
      try place.write(images, to: "train-images\(separator)idx3-ubyte\(suffix)")
      try place.write(labels, to: "train-labels\(separator)idx1-ubyte\(suffix)")
      let data = try load(.train, from: place.path)
      #expect(data.images == Array(1...12))
      #expect(data.labels == [7, 0])
      #expect(data.rows == 2 && data.columns == 3)
    }
  }

  @Test("a gzip file that is cut off or has another byte is refused, wherever that is")
  func damagedGzip() throws {
    let images = try Packed.bytes(Packed.images)
    try folder.write(try Packed.bytes(Packed.labels), to: "train-labels-idx1-ubyte.gz")
    for length in 2..<images.count {
      try folder.write(Array(images[..<length]), to: "train-images-idx3-ubyte.gz")
      _ = message()
    }
    // After the ten bytes of the header, which hold nothing that matters (RFC 1952).
    for place in 10..<images.count {
      var bytes = images
      bytes[place] ^= 1
      try folder.write(bytes, to: "train-images-idx3-ubyte.gz")
      _ = message()
    }
    // 2^31 x 2^31 pixels in 33 bytes: nothing that large may be allocated.
    try folder.write(
      try Packed.bytes("H4sIAAAAAAACA2Ng4GBuYGBgAGEgYAQAAePTJhAAAAA="),
      to: "train-images-idx3-ubyte.gz")
    _ = message()
  }

  @Test("mnist.npz of Keras is read, from its folder or by its own path")
  func keras() throws {
    let path = try folder.write(try Packed.bytes(Packed.archive), to: "mnist.npz")
    for place in [folder.path, path] {
      let train = try load(.train, from: place)
      #expect(train.images == Array(1...12))
      #expect(train.labels == [7, 0])
      #expect(train.rows == 2 && train.columns == 3 && train.classes == 10)
      let test = try load(.test, from: place)
      #expect(test.images == Array(1...6))
      #expect(test.labels == [7])
    }
  }

  @Test("an archive that is cut off or has another byte is refused or says the same")
  func damagedArchive() throws {
    let archive = try Packed.bytes(Packed.archive)
    try folder.write(archive, to: "mnist.npz")
    let whole = try load(.train)
    for length in stride(from: 0, to: archive.count, by: 7) {
      try folder.write(Array(archive[..<length]), to: "mnist.npz")
      _ = message()
    }
    var refused = 0
    for place in stride(from: 0, to: archive.count, by: 3) {
      var bytes = archive
      bytes[place] ^= 0x15
      try folder.write(bytes, to: "mnist.npz")
      do { #expect(try load(.train) == whole, "byte \(place)") } catch is DatasetError {
        refused += 1
      }
    }
    #expect(refused > 60)
  }

  @Test("an archive with other arrays says what it holds")
  func otherArrays() throws {
    var bytes = try Packed.bytes(Packed.archive)
    let name = Array("x_train.npy".utf8)
    for place in 0..<bytes.count - name.count where Array(bytes[place..<place + 11]) == name {
      bytes[place] = UInt8(ascii: "z")
    }
    let path = try folder.write(bytes, to: "mnist.npz")
    #expect(
      message()
        == "\(path): it holds no 'x_train', but x_test.npy, y_test.npy, y_train.npy, z_train.npy. "
        + "Use mnist.npz as Keras fetches it, with uint8 images in x_train and x_test and their "
        + "labels in y_train and y_test.")
  }
}
