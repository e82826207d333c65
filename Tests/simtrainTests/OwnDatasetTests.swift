import Foundation
import HDF5
import RunLog
import TestSupport
import Testing

@Suite("Training on data of the user's own, as a process")
struct OwnDatasetTests {
  private static let shape = [200, 6, 5, 3]
  private static let labels = (0..<200).map { $0 % 4 }

  /// Colour images of 6 x 5 in 4 classes: each class lights one colour or all.
  private static let pixels: [UInt8] = {
    var noise = UInt64(1)
    return (0..<shape.reduce(1, *)).map { index in
      noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let label = index / 90 % 4
      let isLit = label == 3 || index % 3 == label
      return UInt8((noise >> 56) / 4) + (isLit ? 160 : 0)
    }
  }()

  /// The pixels as the model sees those of uint8: each rounded once.
  private static let floats = pixels.map { Float($0) * Float(1.0 / 255) }

  private static func bytes<Value>(_ values: [Value]) -> [UInt8] {
    values.withUnsafeBytes { [UInt8]($0) }
  }

  private static func write(
    _ images: NPZFixture.Array, _ labels: [Int] = labels, to name: String, in place: Workplace
  ) throws {
    let archive = NPZFixture.archive([("images", images), ("labels", NPZFixture.labels(labels))])
    try Data(archive).write(to: URL(filePath: "\(place.path)/\(name)"))
  }

  /// Writes the arrays as an HDF5 file with nothing of simtrain's about it.
  private static func writeHDF5(
    _ arrays: [(String, HDF5Array)], to name: String, in place: Workplace
  ) throws {
    let file = try HDF5File(inMemoryFor: name)
    for (name, array) in arrays { try file.write(array, to: name, layout: .compressed(rows: 7)) }
    var image: [UInt8] = []
    let size = try file.copyImage(into: &image)
    // HDF5 leaves the first 512 bytes to the application; ours are no header then.
    image.replaceSubrange(0..<32, with: [UInt8](repeating: 0, count: 32))
    try Data(image.prefix(size)).write(to: URL(filePath: "\(place.path)/\(name)"))
  }

  /// A place with the images in `own.npz` and a model for them.
  private static func place() throws -> Workplace {
    let place = try Workplace()
    try write(("|u1", shape, pixels), to: "own.npz", in: place)
    try """
    name: colours
    description: a convolution over three features
    layers:
      - {type: convolution, outputs: 4, kernelSize: 3, stride: 1, padding: 1, activation: relu}
      - {type: maxPool, size: 2, stride: 2}
      - {type: dense, outputs: 10, activation: none}
    """.write(toFile: place.path + "/colours.yaml", atomically: true, encoding: .utf8)
    return place
  }

  @Test(
    "a model takes shape and classes from the data; it learns, resumes and is evaluated",
    arguments: [("mlp", "90-128-4"), ("colours.yaml", "6x5x3 conv4k3s1p1 relu max2s2 4")],
    ["cpu", "tpu-sim"])
  func trains(model: (String, String), device: String) throws {
    let place = try Self.place()
    let options = [
      "--dataset", "own.npz", "--model", model.0, "--device", device, "--batch-size", "10",
      "--learning-rate", "0.01", "--no-log", "--json", "--quiet",
    ]
    let whole = try place.start(options + ["--epochs", "6", "--checkpoint", "a.ckpt"]).outcome()
    let json = try whole.json()
    #expect(json["dataset"] as? String == "own.npz")
    #expect((json["model"] as? String)?.hasSuffix(model.1) == true)
    // 180 training images; four classes that differ by colour alone are learnt to the last image.
    #expect(json["steps"] as? Int == 108)
    #expect(json["testAccuracy"] as? Double == 1)

    let part = try place.start(options + ["--epochs", "2", "--checkpoint", "b.ckpt"]).outcome()
    #expect(part.status == 0, "\(part.errors)")
    let rest = try place.run(
      "--resume", "b.ckpt", "--checkpoint", "b.ckpt", "--epochs", "6", "--no-log", "--quiet")
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(
      try CheckpointFile.read(place.path + "/a.ckpt").tensors
        == CheckpointFile.read(place.path + "/b.ckpt").tensors)
    let evaluated = try place.run("evaluate", "--checkpoint", "a.ckpt", "--json").json()
    #expect(evaluated["images"] as? Int == 20)
  }

  @Test(
    "pixels of float32 are taken as they are: the bits are those of bytes that are scaled so",
    arguments: ["cpu", "tpu-sim"])
  func floats(device: String) throws {
    let place = try Self.place()
    try Self.write(("<f4", Self.shape, Self.bytes(Self.floats)), to: "float.npz", in: place)
    let options = [
      "--model", "colours.yaml", "--device", device, "--batch-size", "10", "--no-log", "--quiet",
      "--json",
    ]
    var results: [[String: Any]] = []
    for name in ["own", "float"] {
      let outcome = try place.start(
        options + [
          "--dataset", "\(name).npz", "--epochs", "2", "--checkpoint", "\(name).ckpt",
        ]
      ).outcome()
      results.append(try outcome.json())
    }
    for key in ["testLoss", "trainLoss", "testAccuracy"] {
      #expect(results[0][key] as? Double == results[1][key] as? Double)
    }
    #expect(
      try CheckpointFile.read(place.path + "/own.ckpt").tensors
        == CheckpointFile.read(place.path + "/float.ckpt").tensors)
    // It goes on from its checkpoint, is evaluated, and takes no bytes then.
    let resumed = try place.run(
      "--resume", "float.ckpt", "--epochs", "3", "--no-log", "--json", "--quiet")
    #expect(try resumed.json()["epochsCompleted"] as? Int == 3, "\(resumed.errors)")
    let evaluated = try place.run(
      "evaluate", "--checkpoint", "float.ckpt", "--device", "cpu", "--quantize", "int8-static",
      "--json")
    #expect(try evaluated.json()["images"] as? Int == 20, "\(evaluated.errors)")
    let other = try place.run("evaluate", "--checkpoint", "float.ckpt", "--dataset", "own.npz")
    #expect(
      other.errors
        == "simtrain: error: The checkpoint's run learnt from pixels of type f32, and those of the data "
        + "set are ui8, which a model sees otherwise. Use data of the same type.\n")
  }

  @Test("300 classes are 300 outputs, and the last are learnt too", arguments: ["cpu", "tpu-sim"])
  func manyClasses(device: String) throws {
    let place = try Self.place()
    // An image has one bright pixel, which is its class.
    let labels = (0..<600).map { $0 % 300 }
    let pixels = labels.flatMap { label in (0..<300).map { Float($0 == label ? 4 : 0) } }
    try Self.write(("<f4", [600, 300], Self.bytes(pixels)), labels, to: "many.npz", in: place)
    let outcome = try place.run(
      "--dataset", "many.npz", "--device", device, "--hidden", "64", "--learning-rate", "0.01",
      "--epochs", "6", "--no-log", "--json", "--quiet")
    let json = try outcome.json()
    #expect((json["model"] as? String)?.hasSuffix("300-64-300") == true)
    // The test images are of the classes 240 to 299.
    #expect(json["testAccuracy"] as? Double == 1)
  }

  @Test("an HDF5 file with the same arrays gives the same run, and is resumed from the archive's")
  func hdf5() throws {
    let place = try Self.place()
    let labels = HDF5Array(
      type: .int16, shape: [200], bytes: Self.bytes(Self.labels.map { Int16($0) }))
    try Self.writeHDF5(
      [
        ("images", HDF5Array(type: .uint8, shape: Self.shape, bytes: Self.pixels)),
        ("labels", labels),
      ], to: "own.h5", in: place)
    for (name, epochs) in [("own.npz", "1"), ("own.npz", "2"), ("own.h5", "2")] {
      let outcome = try place.run(
        "--dataset", name, "--epochs", epochs, "--batch-size", "10", "--no-log", "--quiet",
        "--checkpoint", "\(name).\(epochs)")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let whole = try CheckpointFile.read(place.path + "/own.npz.2")
    #expect(try CheckpointFile.read(place.path + "/own.h5.2").tensors == whole.tensors)
    let resumed = try place.run(
      "--resume", "own.npz.1", "--dataset", "own.h5", "--epochs", "2", "--no-log", "--quiet",
      "--checkpoint", "rest")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try CheckpointFile.read(place.path + "/rest").tensors == whole.tensors)
  }

  @Test("a run is not resumed with other images or labels, whatever their file is called")
  func otherContent() throws {
    let place = try Self.place()
    let begun = try place.run(
      "--dataset", "own.npz", "--epochs", "1", "--no-log", "--quiet", "--checkpoint", "a.ckpt")
    #expect(begun.status == 0, "\(begun.errors)")
    var pixels = Self.pixels
    pixels[0] ^= 1
    try Self.write(("|u1", Self.shape, pixels), to: "other.npz", in: place)
    let resume = ["--resume", "a.ckpt", "--epochs", "2", "--no-log"]
    let other = try place.start(resume + ["--dataset", "other.npz"]).outcome()
    #expect(other.status == 2)
    let start = "simtrain: error: The data set '"
    let end = "Resume with those, or start afresh.\n"
    #expect(
      other.errors
        == start
        + "other.npz' does not hold the images and labels that the checkpoint's run learnt "
        + "from, 'own.npz'. " + end)
    #expect(try place.shell("mv other.npz own.npz").status == 0)
    #expect(
      try place.start(resume).outcome().errors
        == start + "own.npz' does not hold the images and labels that the checkpoint's run learnt "
        + "from; its file has changed since. " + end)
    #expect(try place.run("evaluate", "--checkpoint", "a.ckpt", "--json").status == 0)
  }

  @Test("HDF5 files that cannot be used end in one line")
  func hdf5Mistakes() throws {
    let place = try Self.place()
    func line(_ name: String) throws -> String {
      let outcome = try place.run("--dataset", name, "--no-log", "--quiet", "--epochs", "1")
      #expect(outcome.status == 2 && outcome.output.isEmpty, "\(name)")
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      return outcome.errors
    }
    func error(_ sentence: String) -> String { "simtrain: error: \(sentence)\n" }
    let images = HDF5Array(type: .uint8, shape: Self.shape, bytes: Self.pixels)
    try Self.writeHDF5([("images", images)], to: "part.h5", in: place)
    #expect(
      try line("part.h5")
        == error(
          "part.h5: nothing in the file is called 'labels'. List it with 'h5ls -r part.h5'."))
    #expect(try place.shell("head -c 3000 part.h5 > cut.h5; echo no > text.h5").status == 0)
    #expect(try line("cut.h5").hasPrefix("simtrain: error: cut.h5: "))
    #expect(
      try line("text.h5")
        == error(
          "text.h5: this is not an HDF5 file. Give the path of a file that ends in .h5."))
    let many = HDF5Array(
      type: .int64, shape: [200, 2], bytes: Self.bytes([Int](repeating: 0, count: 400)))
    try Self.writeHDF5([("images", images), ("labels", many)], to: "wide.h5", in: place)
    #expect(
      try line("wide.h5").hasPrefix(
        error("wide.h5: 'labels' is of shape 200 x 2, and there are 200 images.").dropLast()))
    // Whatever byte is wrong, it ends in good order: with a line, or with the images.
    let sound = HDF5Array(type: .int8, shape: [200], bytes: Self.labels.map { UInt8($0) })
    try Self.writeHDF5([("images", images), ("labels", sound)], to: "sound.h5", in: place)
    let bytes = try Data(contentsOf: URL(filePath: place.path + "/sound.h5"))
    for byte in stride(from: 512, to: min(bytes.count, 4096), by: 311) {
      var damaged = bytes
      damaged[byte] ^= 0x15
      try damaged.write(to: URL(filePath: place.path + "/damaged.h5"))
      let outcome = try place.run("--dataset", "damaged.h5", "--no-log", "--quiet", "--epochs", "1")
      #expect([0, 2].contains(outcome.status), "byte \(byte): \(outcome.errors)")
      #expect(outcome.status == 0 || outcome.errors.split(separator: "\n").count == 1)
    }
  }

  @Test(
    "each mistake has its sentence",
    arguments: [
      ("--dataset none.npz", "none.npz: no such file. Check the path of --dataset."),
      (
        "--dataset own.npz --data-dir data",
        "--data-dir data: the data set is a file, own.npz. Leave one out."
      ),
      (
        "--dataset own.csv",
        "own.csv: a data set of yours is a file of arrays that ends in .npz, as numpy saves it, or "
          + "in .h5 or .hdf5, as h5py does (Docs/data.md)."
      ),
      (
        "--dataset none.h5", "none.h5: no such file. Check the path of --dataset."
      ),
    ])
  func mistakes(options: String, sentence: String) throws {
    let place = try Self.place()
    let outcome = try place.start(options.split(separator: " ").map(String.init)).outcome()
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(outcome.errors == "simtrain: error: \(sentence)\n")
  }
}
