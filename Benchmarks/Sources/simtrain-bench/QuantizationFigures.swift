internal import Foundation

/// Accuracy, size and cost of int8 inference: models trained here, evaluated by the real
/// `simtrain` and by PyTorch with the same weights.
struct QuantizationFigures {
  let simtrain: String
  /// A Python that has PyTorch and h5py; `nil` leaves them out.
  let python: String?
  let script: String
  let dataFolder: String

  private static let seeds = [0, 1, 2]
  private static let chip = "tpu-v4i"
  private static let batch = 1000

  /// How a kind of model is trained.
  private struct Recipe {
    let name: String
    let options: [String]
  }

  private static let recipes = [
    Recipe(name: "mlp", options: ["--epochs", "5"]),
    Recipe(name: "lenet5", options: ["--epochs", "3", "--batch-size", "64"]),
  ]

  /// A way to quantize: its name in the table, options, and whether it wants a model that was
  /// trained for it.
  private static let ways: [(name: String, options: [String], isAware: Bool)] = [
    ("dynamic, per tensor", ["int8-dynamic", "--per-tensor"], false),
    ("dynamic, per channel", ["int8-dynamic"], false),
    ("static, per tensor", ["int8-static", "--per-tensor"], false),
    ("static, per channel", ["int8-static"], false),
    ("quantization-aware, static", ["int8-static"], true),
  ]

  func measure(into report: inout Report) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "simtrain-bench-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for recipe in Self.recipes {
      report.heading("int8 inference, \(recipe.name)")
      for seed in Self.seeds {
        for isAware in [false, true] {
          let arguments =
            [
              simtrain, "--device", "cpu", "--model", recipe.name, "--seed", String(seed),
              "--no-log", "--quiet", "--checkpoint",
              checkpoint(folder, recipe, seed, isAware: isAware),
            ] + recipe.options + (isAware ? ["--quantize-aware"] : [])
          _ = try output(of: arguments)
        }
      }
      try show(recipe, folder, &report)
    }
    report.remark(
      "Test accuracy in %, \(Self.seeds.count) seeds, batches of \(Self.batch) images; ranges of "
        + "static quantization from 512 training images, of quantization-aware training from "
        + "training. Bytes, cycles and energy of a batch on \(Self.chip), of the first seed. "
        + "PyTorch quantizes dense layers only; its bytes are those of the saved state.")
  }

  private func checkpoint(
    _ folder: URL, _ recipe: Recipe, _ seed: Int, isAware: Bool
  ) -> String {
    folder.appending(path: "\(recipe.name)-\(seed)\(isAware ? "-aware" : "").ckpt").path
  }

  // MARK: simtrain

  private struct Evaluation: Decodable {
    struct Row: Decodable {
      var correct: Int
      var testAccuracy: Double
      var testLoss: Double
      var modelBytes: Int
      var cyclesPerBatch: Int?
      var energyJoulesPerBatch: Double?
      var offChipReadBytesPerBatch: Int?
      var onChipReadBytesPerBatch: Int?
      var onChipWrittenBytesPerBatch: Int?

      var onChipBytes: Int? {
        onChipReadBytesPerBatch.flatMap { read in onChipWrittenBytesPerBatch.map { read + $0 } }
      }
    }

    var rows: [Row]
  }

  private func evaluate(_ path: String, _ options: [String]) throws -> [Evaluation.Row] {
    let arguments =
      [
        simtrain, "evaluate", "--checkpoint", path, "--batch-size", String(Self.batch), "--json",
      ] + options
    return try decoded(Evaluation.self, arguments).rows
  }

  private func show(_ recipe: Recipe, _ folder: URL, _ report: inout Report) throws {
    let simulated = ["--device", "tpu-sim", "--config", Self.chip]
    var rows: [[String]] = []
    var isFirst = true
    for way in Self.ways {
      var cpu: [[Evaluation.Row]] = []
      var chip: [[Evaluation.Row]] = []
      for seed in Self.seeds {
        let path = checkpoint(folder, recipe, seed, isAware: way.isAware)
        let options = ["--quantize"] + way.options
        cpu.append(try evaluate(path, ["--device", "cpu"] + options))
        chip.append(try evaluate(path, simulated + options))
      }
      if isFirst || way.isAware {
        rows.append(
          row(way.isAware ? "quantization-aware, fp32" : "fp32", cpu, chip, column: 0))
      }
      rows.append(row(way.name, cpu, chip, column: 1))
      isFirst = false
    }
    do { rows += try contest(recipe, folder, &report) } catch let error as BenchmarkError {
      report.remark("PyTorch is left out: \(error)")
    }
    report.table(
      [
        "", "cpu, seeds", "mean", "tpu-sim, seeds", "mean", "same bits", "bytes", "cycles",
        "on-chip bytes", "DRAM read", "energy µJ",
      ], rows)
  }

  private func row(
    _ name: String, _ cpu: [[Evaluation.Row]], _ chip: [[Evaluation.Row]], column: Int
  ) -> [String] {
    let (host, simulated) = (cpu.map { $0[column] }, chip.map { $0[column] })
    let isSame = zip(host, simulated).allSatisfy {
      $0.correct == $1.correct && $0.testLoss == $1.testLoss
    }
    let first = simulated[0]
    func text(_ value: Int?) -> String { value.map { Double($0).grouped } ?? "" }
    return [
      name, percents(host.map(\.testAccuracy)), mean(host.map(\.testAccuracy)),
      percents(simulated.map(\.testAccuracy)), mean(simulated.map(\.testAccuracy)),
      isSame ? "yes" : "no", text(first.modelBytes), text(first.cyclesPerBatch),
      text(first.onChipBytes), text(first.offChipReadBytesPerBatch),
      first.energyJoulesPerBatch.map { ($0 * 1e6).fixed(0) } ?? "",
    ]
  }

  private func percents(_ shares: [Double]) -> String {
    shares.map { ($0 * 100).fixed(2) }.joined(separator: " ")
  }

  private func mean(_ shares: [Double]) -> String {
    (shares.reduce(0, +) / Double(shares.count) * 100).fixed(2)
  }

  // MARK: PyTorch

  private struct Contest: Decodable {
    struct Row: Decodable {
      var correct: Int
      var savedBytes: Int
    }

    enum CodingKeys: String, CodingKey {
      case version, images, fp32
      case perTensor = "dynamic per tensor"
      case perChannel = "dynamic per channel"
    }

    var version: String
    var images: Int
    var fp32: Row
    var perTensor: Row
    var perChannel: Row
  }

  private func contest(
    _ recipe: Recipe, _ folder: URL, _ report: inout Report
  ) throws -> [[String]] {
    guard let python else {
      report.remark("PyTorch is left out: its environment is not there.")
      return []
    }
    let results = try Self.seeds.map { seed in
      try decoded(
        Contest.self,
        [
          python, script, checkpoint(folder, recipe, seed, isAware: false), dataFolder,
          String(Self.batch),
        ])
    }
    let columns: [(String, (Contest) -> Contest.Row)] = [
      ("fp32", { $0.fp32 }), ("dynamic, per tensor", { $0.perTensor }),
      ("dynamic, per channel", { $0.perChannel }),
    ]
    return columns.map { name, row in
      let shares = results.map { Double(row($0).correct) / Double($0.images) }
      let bytes = Double(row(results[0]).savedBytes).grouped
      return ["PyTorch \(results[0].version) \(name)", percents(shares), mean(shares)]
        + ["", "", "", bytes, "", "", "", ""]
    }
  }

  // MARK: Processes

  private func decoded<Answer: Decodable>(
    _ type: Answer.Type, _ arguments: [String]
  ) throws -> Answer {
    let text = try output(of: arguments)
    guard let answer = try? JSONDecoder().decode(type, from: Data(text.utf8)) else {
      throw BenchmarkError.unexpectedAnswer(
        command: arguments.joined(separator: " "), answer: String(text.prefix(200)),
        expected: "the JSON of \(type)")
    }
    return answer
  }

  private func output(of arguments: [String]) throws(BenchmarkError) -> String {
    let process = try Subprocess(arguments)
    let text = process.readToEnd()
    let status = process.wait().status
    if status != 0 {
      throw .commandFailed(
        command: process.command, status: status, output: String(text.prefix(200)))
    }
    return text
  }
}
