import Foundation
import RunLog
import Testing

@Suite("One kind of file where another is expected, as processes")
struct InputKindTests {
  /// A folder with a thing of each kind, made once for each test.
  private func furnished() throws -> Workplace {
    let place = try Workplace()
    for (source, name) in [
      ("Chips/tpu-v3.yaml", "chip.yaml"), ("Models/mlp.yaml", "model.yaml"),
      ("Energy/horowitz-45nm.yaml", "energy.yaml"), ("DRAM/HBM2.yaml", "dram.yaml"),
      ("Workloads/resnet50.csv", "workload.csv"),
    ] {
      try FileManager.default.copyItem(
        atPath: "\(Workplace.configs)/\(source)", toPath: "\(place.path)/\(name)")
    }
    let trained = try place.run(
      "--epochs", "1", "--quiet", "--log", "run.h5", "--checkpoint", "run.ckpt")
    #expect(trained.status == 0, "\(trained.errors)")
    let header = ComparisonHeader(
      generator: "test", commandLine: [], seed: 0, dataset: "mnist", model: "mlp", runCount: 0)
    try ComparisonFile.write(
      header, status: .finished, figureNames: [], relativeNames: [], rows: [],
      to: place.path + "/summary.h5")
    return place
  }

  /// Each kind's file, and what it is called.
  static let things = [
    ("./chip.yaml", "an architecture (a chip)"), ("./model.yaml", "a model"),
    ("./energy.yaml", "an energy table"), ("./dram.yaml", "a memory standard (DRAM)"),
    ("./workload.csv", "a workload (a topology file)"), ("./run.h5", "a run file"),
    ("./run.ckpt", "a checkpoint"), ("./summary.h5", "the summary of a comparison"),
    ("./data", "a folder with a data set"),
  ]

  @Test("each thing is called what it is wherever another is expected")
  func pairs() throws {
    let place = try furnished()
    let configs = ["./chip.yaml", "./model.yaml", "./energy.yaml", "./dram.yaml"]
    let places: [(words: [String], option: String, expected: String, takes: [String])] = [
      (["--config"], "--config", "an architecture (a chip)", ["./chip.yaml"]),
      (["compare", "--config"], "--config", "an architecture (a chip)", ["./chip.yaml"]),
      (
        ["estimate", "--gemm", "8x8x8", "--config"], "--config", "an architecture (a chip)",
        ["./chip.yaml"]
      ),
      (
        ["evaluate", "--checkpoint", "run.ckpt", "--config"], "--config",
        "an architecture (a chip)", ["./chip.yaml"]
      ),
      (["--model"], "--model", "a model", ["./model.yaml"]),
      (["estimate", "--model"], "--model", "a model", ["./model.yaml"]),
      (
        ["evaluate", "--checkpoint", "run.ckpt", "--model"], "--model", "a model", ["./model.yaml"]
      ),
      (
        ["estimate", "--workload"], "--workload", "a workload (a topology file)", ["./workload.csv"]
      ),
      (["--no-log", "--resume"], "--resume", "a checkpoint", ["./run.ckpt"]),
      (["evaluate", "--checkpoint"], "--checkpoint", "a checkpoint", ["./run.ckpt"]),
      (
        ["inspect"], "'inspect'", "a run file, a checkpoint or the summary of a comparison",
        ["./run.h5", "./run.ckpt", "./summary.h5"]
      ),
      (
        ["config", "show"], "'config show'",
        "an architecture (a chip), a model, an energy table, a memory standard (DRAM), a table "
          + "of areas or a workload (a topology file)",
        configs + ["./workload.csv"]
      ),
      (["--no-log", "--data-dir"], "--data-dir", "a folder with a data set", ["./data"]),
    ]
    // Three things at each place, so that each thing comes to several places.
    for (index, (words, option, expected, takes)) in places.enumerated() {
      let things = (0..<3).map { Self.things[(index + 3 * $0) % Self.things.count] }
      for (name, title) in things where !takes.contains(name) {
        let outcome = try place.start(words + [name]).outcome()
        #expect(outcome.status == 2)
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(
          outcome.errors.hasPrefix(
            "simtrain: error: \(name): this is \(title), and \(option) expects \(expected)."),
          "\(outcome.errors)")
      }
    }
  }

  @Test(
    "a name is told from another kind's name",
    arguments: [
      (
        "--model tpu-v3",
        "tpu-v3: this is an architecture (a chip), and --model expects a model. Give it with "
          + "--config."
      ),
      (
        "--config lenet5",
        "lenet5: this is a model, and --config expects an architecture (a chip). Give it with "
          + "--model."
      ),
      (
        "--config HBM2",
        "HBM2: this is a memory standard (DRAM), and --config expects an architecture (a chip). An "
          + "architecture names it as 'dram.banked.standard'."
      ),
      (
        "--config resnet50",
        "resnet50: this is a workload (a topology file), and --config expects an architecture (a "
          + "chip). Give it to 'simtrain estimate --workload'."
      ),
      (
        "estimate --workload tpu-v3",
        "tpu-v3: this is an architecture (a chip), and --workload expects a workload (a topology "
          + "file). Give it with --config."
      ),
      (
        "--device tpu-v4",
        "No device is called 'tpu-v4': it is an architecture. Use --device tpu-sim --config tpu-v4."
      ),
      (
        "--set energy.table=HBM2",
        "--set energy.table=HBM2: 'energy.table' cannot be 'HBM2', which is a memory standard "
          + "(DRAM). Use one of: horowitz-45nm, ten-lessons-7nm, interpolated-28nm."
      ),
    ])
  func names(arguments: String, sentence: String) throws {
    let place = try Workplace()
    let outcome = try place.start(arguments.split(separator: " ").map(String.init)).outcome()
    #expect(outcome.status == 2)
    #expect(outcome.errors == "simtrain: error: \(sentence)\n")
  }

  @Test("a table that an architecture names is told from one of another kind")
  func inner() throws {
    let place = try furnished()
    for (key, name, title, wanted) in [
      ("energy.table", "./dram.yaml", "a memory standard (DRAM)", "an energy table"),
      ("energy.table", "./chip.yaml", "an architecture (a chip)", "an energy table"),
    ] {
      let outcome = try place.run("--set", "\(key)=\(name)")
      #expect(outcome.status == 2)
      #expect(
        outcome.errors
          == "simtrain: error: --set \(key)=\(name): '\(key)' is '\(name)', which is \(title), not "
          + "\(wanted).\n")
    }
  }
}
