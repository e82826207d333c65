import Foundation
import Testing

@testable import Datasets

@Suite("IDX files")
struct IDXFileTests {
  let folder: TemporaryFolder
  let images: String
  let labels: String

  init() throws {
    folder = try TemporaryFolder()
    images = try folder.write(imageFile([2, 2, 3], Array(1...12)), to: "images")
    labels = try folder.write(labelFile([7, 0]), to: "labels")
  }

  /// What reading `images` and `labels` fails with, as the user sees it.
  func message(images: String? = nil, labels: String? = nil) -> String? {
    do throws(DatasetError) {
      _ = try ImageDataset(
        name: "tiny", imagesPath: images ?? self.images, labelsPath: labels ?? self.labels,
        remedy: "Get it.")
      return nil
    } catch {
      return error.description
    }
  }

  @Test("what was written is read back")
  func roundTrip() throws {
    let dataset = try ImageDataset(name: "tiny", imagesPath: images, labelsPath: labels)
    #expect(
      dataset
        == ImageDataset(
          name: "tiny", images: Array(1...12), labels: [7, 0], rows: 2, columns: 3))
    #expect(dataset.count == 2)
    #expect(dataset.bytesPerImage == 6)
  }

  @Test("a prefix keeps the first images and never asks for more than there are")
  func prefix() throws {
    let dataset = try ImageDataset(name: "tiny", imagesPath: images, labelsPath: labels)
    #expect(dataset.prefix(1).images == [1, 2, 3, 4, 5, 6])
    #expect(dataset.prefix(1).labels == [7])
    #expect(dataset.prefix(2) == dataset)
    #expect(dataset.prefix(3) == dataset)
    #expect(dataset.prefix(0).count == 0)
  }

  static let fetchAgain = "The file is damaged: delete it and fetch it again."

  /// A file that is no sound image file, and what is said about it after its path.
  struct Damage: Sendable {
    let bytes: [UInt8]
    let message: String

    init(_ bytes: [UInt8], _ message: String, damaged: Bool = true) {
      self.bytes = bytes
      self.message = damaged ? "\(message) \(fetchAgain)" : message
    }
  }

  static let damages: [Damage] = [
    Damage([], "byte 0: end of file within the header, expected 16 bytes of it."),
    Damage([0, 0, 8], "byte 3: end of file within the header, expected 16 bytes of it."),
    Damage(
      imageFile([2, 2], []), "byte 12: end of file within the header, expected 16 bytes of it."),
    Damage(
      imageFile([2, 2, 3], Array(1...11)), "byte 27: end of file, expected 28 bytes in total."),
    Damage(
      imageFile([2, 2, 3], Array(1...15)),
      "byte 28: bytes beyond the elements (3), expected the end of the file."),
    Damage(imageFile([0, 2, 3], []), "byte 4: the number of images is 0, expected 1 or more."),
    Damage(imageFile([2, 0, 3], []), "byte 8: the number of rows is 0, expected 1 or more."),
    Damage(imageFile([2, 2, 0], []), "byte 12: the number of columns is 0, expected 1 or more."),
    // (2^32 - 1)^3 does not fit 64 bits.
    Damage(
      imageFile([.max, .max, .max], [1]),
      """
      byte 4: the header announces 4294967295 x 4294967295 x 4294967295 bytes, more than a file \
      can hold.
      """),
    // 2^31 x 2^31 does: nothing that large may be allocated.
    Damage(
      imageFile([1 << 31, 1 << 31, 1], [1]),
      "byte 17: end of file, expected 4611686018427387920 bytes in total."),
    Damage(
      labelFile([7, 0]),
      """
      byte 0: magic number 0x00000801 (IDX labels), expected magic number 0x00000803 (IDX \
      images). Check which file has this name, or delete it and fetch it again.
      """, damaged: false),
    Damage(
      Array("PK\u{3}\u{4}".utf8),
      """
      byte 0: magic number 0x504b0304, expected magic number 0x00000803 (IDX images). Check \
      which file has this name, or delete it and fetch it again.
      """, damaged: false),
  ]

  @Test("a damaged image file is refused with its first bad byte", arguments: damages)
  func damagedImages(damage: Damage) throws {
    let path = try folder.write(damage.bytes, to: "damaged")
    #expect(message(images: path) == "\(path): \(damage.message)")
  }

  @Test("a label that is no class is refused with its byte")
  func labelOutOfRange() throws {
    let path = try folder.write(labelFile([9, 10]), to: "damaged")
    #expect(
      message(labels: path)
        == "\(path): byte 9: label 10, expected 0 to 9. The file is damaged, or of a data set with "
        + "other classes, which --dataset can name.")
  }

  @Test("an image file in the place of the labels is refused")
  func swapped() throws {
    #expect(
      message(labels: images)
        == "\(images): byte 0: magic number 0x00000803 (IDX images), expected magic number "
        + "0x00000801 (IDX labels). Check which file has this name, or delete it and fetch it "
        + "again.")
  }

  @Test("files of different lengths do not go together")
  func countMismatch() throws {
    let path = try folder.write(labelFile([1, 2, 3]), to: "other")
    #expect(
      message(labels: path)
        == "\(path): byte 4: 3 labels, expected one for each of the 2 images in \(images). "
        + "Use two files of one data set.")
  }

  @Test("a missing file comes with its remedy")
  func missing() {
    #expect(
      message(images: "/nonexistent/images")
        == "/nonexistent/images: no such file. Get it.")
  }

  @Test("a directory and a device are not files")
  func notARegularFile() {
    for path in [folder.path, "/dev/null"] {
      #expect(
        message(images: path)
          == "\(path): a folder, a device or a pipe, expected a file of data. Move it out of the way."
      )
    }
  }

  @Test("a file that the system cannot open says why")
  func unreadable() throws {
    // A link to itself cannot be followed, not even by root.
    let path = folder.path + "/loop"
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
    #expect(
      message(images: path)
        == "\(path): cannot be read (Too many levels of symbolic links). "
        + "Check its permissions and where its links lead.")
  }
}
