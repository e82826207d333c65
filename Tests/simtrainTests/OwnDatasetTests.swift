import Foundation
import TestSupport
import RunLog
import Testing

@Suite("Training on data of the user's own, as a process")
struct OwnDatasetTests {
  /// A place with colour images of 6 x 5 in 4 classes: each class lights one colour or all.
  private static func place() throws -> Workplace {
    let place = try Workplace()
    var noise = UInt64(1)
    let count = 200
    var pixels: [UInt8] = []
    for index in 0..<count * 30 * 3 {
      noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let label = index / 90 % 4
      let isLit = label == 3 || index % 3 == label
      pixels.append(UInt8((noise >> 56) / 4) + (isLit ? 160 : 0))
    }
    let archive = NPZFixture.archive([
      ("images", ("|u1", [count, 6, 5, 3], pixels)),
      ("labels", NPZFixture.labels((0..<count).map { $0 % 4 })),
    ])
    try Data(archive).write(to: URL(filePath: place.path + "/own.npz"))
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
    "each mistake has its sentence",
    arguments: [
      ("--dataset none.npz", "none.npz: no such file. Check the path of --dataset."),
      (
        "--dataset own.npz --data-dir data",
        "--data-dir data: the data set is a file, own.npz. Leave one out."
      ),
      (
        "--dataset own.h5",
        "own.h5: a data set of yours is an archive of arrays as numpy saves it, a file that ends "
          + "in .npz (Docs/data.md)."
      ),
    ])
  func mistakes(options: String, sentence: String) throws {
    let place = try Self.place()
    let outcome = try place.start(options.split(separator: " ").map(String.init)).outcome()
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(outcome.errors == "simtrain: error: \(sentence)\n")
  }
}
