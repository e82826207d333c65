import Foundation
import RunLog
import Testing

@Suite("simtrain compare, as a process")
struct CompareCommandTests {
  @Test("every combination is trained, and a run's values equal those of 'simtrain train'")
  func combinations() throws {
    let place = try Workplace()
    let shared = ["--epochs", "1", "--model", "mlp", "--hidden", "12", "--seed", "3"]
    let outcome = try place.start(
      [
        "compare", "--device", "cpu", "--device", "tpu-sim", "--config", "edge-8x8", "--config",
        "tpu-v4", "--precision", "fp32", "--precision", "mixed-bf16", "--fusion", "on", "--json",
        "--log-folder", "logs",
      ] + shared
    ).outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = try Self.rows(outcome)
    // The CPU has no architecture: it runs once for each precision.
    let names = rows.map { row in
      ["device", "config", "precision", "fusion"].map { row[$0] as? String ?? "-" }
        .joined(separator: " ")
    }
    #expect(
      names == [
        "cpu - fp32 on", "cpu - mixed-bf16 on", "tpu-sim edge-8x8 fp32 on",
        "tpu-sim edge-8x8 mixed-bf16 on", "tpu-sim tpu-v4 fp32 on", "tpu-sim tpu-v4 mixed-bf16 on",
      ])
    for (index, options) in [
      (1, ["--device", "cpu", "--precision", "mixed-bf16"]),
      (2, ["--device", "tpu-sim", "--config", "edge-8x8"]),
    ] {
      let single = try place.start(options + shared + ["--json", "--no-log"]).outcome().json()
      for key in Self.values {
        let (a, b) = (rows[index][key], single[key])
        #expect(a as? Double == b as? Double && a != nil, "\(key) of row \(index)")
      }
    }
    for row in rows {
      let path = try #require(row["runFile"] as? String)
      let run = try RunFile(path: "\(place.path)/\(path)")
      #expect(run.status == .finished)
      let losses = [try #require(row["testLoss"] as? Double), try run.epochs().last?.testLoss ?? 0]
      #expect(abs(losses[0] - losses[1]) < Self.parsing)
    }
    #expect(FileManager.default.fileExists(atPath: place.path + "/logs/summary.h5"))
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 12)
    #expect(lines[0] == "run 1/6  cpu, fp32, fusion on")
    #expect(lines[11].hasPrefix("run 6/6  epoch 1/1  train loss "))
  }

  /// What does not depend on the clock.
  static let values = [
    "testAccuracy", "testLoss", "trainLoss", "lastStepLoss", "operationsPerStep", "totalCycles",
    "simulatedSeconds", "energyJoules", "offChipBytes", "onChipBytes",
  ]

  /// What Foundation's JSON parser loses of a number about 1.
  static let parsing = 1e-14

  static func rows(_ outcome: Outcome) throws -> [[String: Any]] {
    try #require(try outcome.json()["runs"] as? [[String: Any]])
  }

  @Test("figures are relative to the first run that has them; fusion saves cycles and bytes")
  func relative() throws {
    let place = try Workplace()
    let outcome = try place.run(
      "compare", "--device", "cpu", "--device", "tpu-sim", "--fusion", "off", "--fusion", "on",
      "--epochs", "1", "--json", "--quiet", "--no-log")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors == "")
    let rows = try Self.rows(outcome)
    #expect(rows.count == 4)
    let relatives = try rows.map { try #require($0["relative"] as? [String: Any]) }
    #expect(relatives[0]["totalCycles"] is NSNull && relatives[1]["totalCycles"] is NSNull)
    for key in ["operationsPerStep", "totalCycles", "energyJoules", "onChipBytes"] {
      #expect(relatives[2][key] as? Double == 1, "\(key)")
      let ratio = try #require(relatives[3][key] as? Double)
      let values = [2, 3].compactMap { rows[$0][key] as? Double }
      #expect(abs(ratio - values[1] / values[0]) < Self.parsing && ratio < 1, "\(key)")
    }
    #expect(relatives[1]["testLoss"] as? Double == 1)
    let accuracies = rows.compactMap { $0["testAccuracy"] as? Double }
    let points = try #require(relatives[3]["testAccuracyPoints"] as? Double)
    #expect(abs(points - 100 * (accuracies[3] - accuracies[0])) < 1e-9)
    #expect(!FileManager.default.fileExists(atPath: place.path + "/runs"))
  }

  @Test("the table has two lines a run, and names its units and files")
  func table() throws {
    let place = try Workplace()
    let outcome = try place.run(
      "compare", "--precision", "fp32", "--precision", "bf16", "--stochastic-rounding", "--quiet",
      "--epochs", "1")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    let header = try #require(lines.first { $0.hasPrefix("run  device") })
    for word in ["accuracy", "test loss", "cycles", "simulated time", "host time", "energy", "HBM"]
    {
      #expect(header.contains(word), "\(word)")
    }
    #expect(lines[2].hasPrefix("  1  tpu-sim  tpu-v3  fp32 "))
    #expect(lines[3].hasPrefix("  2  tpu-sim  tpu-v3  bf16 "))
    #expect(lines[4].hasPrefix("          ") && lines[4].contains(" x"))
    let folders = try FileManager.default.contentsOfDirectory(atPath: place.path + "/runs")
    #expect(folders.count == 1 && folders[0].hasPrefix("compare-"))
    let files = try FileManager.default.contentsOfDirectory(
      atPath: "\(place.path)/runs/\(folders[0])")
    #expect(
      files.sorted() == [
        "1-tpu-sim-tpu-v3-fp32-on.h5", "2-tpu-sim-tpu-v3-bf16-on.h5", "summary.h5",
      ]
    )
    #expect(outcome.output.hasSuffix("files: runs/\(folders[0])/summary.h5\n"))
  }

  @Test("CMEM has a column where the chip of a run has one; the others are not relative to it")
  func cmem() throws {
    let place = try Workplace()
    let options = ["compare", "--epochs", "1", "--quiet", "--no-log"]
    let without = try place.start(options).outcome()
    #expect(without.status == 0 && !without.output.contains("CMEM"), "\(without.errors)")
    let configs = ["tpu-v3", "tpu-v4", "tpu-v4i"].flatMap { ["--config", $0] }
    let text = try place.start(options + configs).outcome()
    #expect(text.output.contains("HBM bytes  CMEM bytes  on-chip bytes"))
    let rows = try Self.rows(try place.start(options + configs + ["--json"]).outcome())
    let relatives = try rows.map { try #require($0["relative"] as? [String: Any]) }
    #expect(rows[0]["cmemBytes"] is NSNull && relatives[0]["cmemBytes"] is NSNull)
    #expect(try #require(rows[1]["cmemBytes"] as? Int) > 0)
    #expect(relatives[1]["cmemBytes"] as? Double == 1)
    #expect(relatives[2]["cmemBytes"] is Double)
  }

  @Test("a mistake in the last combination is found before the first one trains")
  func checkedFirst() throws {
    let place = try Workplace()
    for (arguments, sentence) in [
      (
        ["--config", "tpu-v3", "--config", "tpu-v33"],
        "Configs/Chips: no configuration is called 'tpu-v33'. Use one of: tpu-v3, "
      ),
      (
        ["--fusion", "on", "--log-folder", "data/mnist/train-labels-idx1-ubyte"],
        "data/mnist/train-labels-idx1-ubyte: this is a file. Give --log-folder a folder."
      ),
    ] {
      let outcome = try place.start(["compare"] + arguments).outcome()
      #expect(outcome.status == 2)
      #expect(outcome.output == "")
      #expect(outcome.errors.hasPrefix("simtrain: error: \(sentence)"), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
      #expect(!FileManager.default.fileExists(atPath: place.path + "/runs"))
    }
    try Data().write(to: URL(filePath: place.path + "/summary.h5"))
    let taken = try place.run("compare", "--log-folder", ".")
    #expect(
      taken.errors
        == "simtrain: error: ./summary.h5: the file exists. Give another name, or --force to "
        + "replace it.\n")
  }

  @Test("a run that fails costs no other run, and the status is 1")
  func failure() throws {
    let place = try Workplace()
    let outcome = try place.run(
      "compare", "--device", "cpu", "--optimizer", "sgd", "--learning-rate", "1e30", "--fusion",
      "on", "--fusion", "off", "--json", "--quiet", "--log-folder", "logs")
    #expect(outcome.status == 1)
    let rows = try Self.rows(outcome)
    #expect(rows.count == 2)
    for row in rows {
      let failure = try #require(row["failure"] as? String)
      #expect(failure.hasPrefix("The loss became "))
      #expect(row["testAccuracy"] is NSNull)
    }
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].hasPrefix("simtrain: warning: run 2/2 (cpu, fp32, fusion off): The loss "))
    #expect(lines[2].hasPrefix("simtrain: error: the comparison is not complete"))
    let run = try RunFile(path: place.path + "/logs/1-cpu-fp32-on.h5")
    #expect(run.status == .failed)
    #expect(run.failure?.hasPrefix("The loss became ") == true)
  }

  @Test(
    "a failed run says so on its row, has no figure of a whole training, and no part in ratios",
    arguments: [["fp32", "mixed-fp16"], ["mixed-fp16", "fp32"]])
  func failedRow(precisions: [String]) throws {
    let place = try Workplace()
    // In mixed-fp16 every step is skipped, and the run comes to its end.
    let options =
      ["compare", "--optimizer", "sgd", "--learning-rate", "1e30", "--epochs", "1", "--quiet"]
      + precisions.flatMap { ["--precision", $0] } + ["--no-log"]
    let text = try place.start(options).outcome()
    let lines = text.output.split(separator: "\n")
    #expect(text.status == 1)
    #expect(lines[1].hasPrefix("run  device   config  precision   fusion  status    accuracy"))
    // Neither run has a second line: one failed, the other is what runs are relative to.
    for (line, precision) in zip(lines[2...3], precisions) {
      #expect(line.contains(" \(precision) "))
      #expect(line.contains(" failed ") == (precision == "fp32"), "\(line)")
      #expect(line.contains(" finished ") == (precision != "fp32"), "\(line)")
    }
    #expect(lines[4].hasPrefix("Cycles, simulated time"))
    for row in try Self.rows(try place.start(options + ["--json"]).outcome()) {
      let hasFailed = row["precision"] as? String == "fp32"
      #expect((row["failure"] is String) == hasFailed)
      let relative = try #require(row["relative"] as? [String: Any])
      for key in ["totalCycles", "trainSeconds", "energyJoules", "onChipBytes"] {
        #expect((row[key] is NSNull) == hasFailed, "\(key)")
        #expect(relative[key] as? Double == (hasFailed ? nil : 1), "\(key)")
      }
      #expect(row["operationsPerStep"] is Int)
      #expect(relative["operationsPerStep"] as? Double == (hasFailed ? nil : 1))
      // The loss is no number in the second step, which took its time like the first.
      #expect(row["steps"] as? Int == (hasFailed ? 2 : 10))
      #expect(try #require(row["samplesPerSecond"] as? Double) > 0)
    }
  }

  @Test("Ctrl-C: finished runs are printed, files are whole, and the status is 130")
  func interrupt() throws {
    let place = try Workplace()
    let running = try place.start([
      "compare", "--device", "cpu", "--fusion", "on", "--fusion", "off", "--epochs", "400",
      "--json", "--log-folder", "logs",
    ])
    running.waitForErrors(containing: "run 2/2  epoch 2/")
    kill(running.process.processIdentifier, SIGINT)
    let outcome = try running.outcome()
    #expect(outcome.status == 130)
    #expect(try outcome.json()["interrupted"] as? Bool == true)
    let rows = try Self.rows(outcome)
    #expect(rows.count == 1 && rows[0]["epochsCompleted"] as? Int == 400)
    #expect(
      outcome.errors.hasSuffix(
        "Interrupted in run 2 of 2; the table holds the runs before it.\n"))
    let runs = try ["1-cpu-fp32-on", "2-cpu-fp32-off"].map {
      try RunFile(path: "\(place.path)/logs/\($0).h5").status
    }
    #expect(runs == [.finished, .interrupted])
  }
}
