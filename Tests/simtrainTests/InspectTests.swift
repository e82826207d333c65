import Foundation
import RunLog
import Testing

@Suite("simtrain inspect of checkpoints, summaries and resumed runs, as a process")
struct InspectTests {
  @Test("a checkpoint is shown with its settings and tensors")
  func checkpoint() throws {
    let place = try Workplace()
    let trained = try place.run(
      "--epochs", "1", "--quiet", "--log", "run.h5", "--checkpoint", "a.ckpt", "--hidden", "12")
    #expect(trained.status == 0, "\(trained.errors)")
    let text = try place.run("inspect", "a.ckpt")
    #expect(text.status == 0, "\(text.errors)")
    // 8 x 8 pixels to 12, single precision: 64 * 12 * 4 = 3,072 bytes.
    #expect(text.output.contains("\n  dense1.weight         f32   64 x 12"), "\(text.output)")
    #expect(text.output.hasSuffix("Continue with: simtrain --resume a.ckpt --checkpoint a.ckpt\n"))
    let json = try place.run("inspect", "a.ckpt", "--json").json()
    #expect(json["kind"] as? String == "checkpoint")
    let settings = try #require(json["settings"] as? [String: Any])
    #expect(settings["run.hidden"] as? String == "12")
    #expect(settings["step"] as? Int == 10)
    let tensors = try #require(json["tensors"] as? [[String: Any]])
    #expect(tensors.first?["bytes"] as? Int == 3072)
    let top = try place.run("inspect", "a.ckpt", "--top", "3")
    #expect(top.status == 2)
    #expect(
      top.errors
        == "simtrain: error: --top 3: only a run file has operations to list, and a.ckpt is none. "
        + "Leave it out.\n")
  }

  @Test("the summary of a comparison is shown as the comparison showed it")
  func summary() throws {
    let place = try Workplace()
    let compared = try place.run(
      "compare", "--precision", "fp32", "--precision", "bf16", "--epochs", "1", "--quiet",
      "--log-folder", "logs")
    #expect(compared.status == 0, "\(compared.errors)")
    let text = try place.run("inspect", "logs/summary.h5")
    #expect(text.status == 0, "\(text.errors)")
    for line in compared.output.split(separator: "\n").dropFirst().dropLast() {
      #expect(text.output.contains(line), "\(line)")
    }
    let json = try place.run("inspect", "logs/summary.h5", "--json").json()
    #expect(json["kind"] as? String == "comparison" && json["runCount"] as? Int == 2)
    let runs = try #require(json["runs"] as? [[String: Any]])
    #expect(runs.compactMap { $0["precision"] as? String } == ["fp32", "bf16"])
    #expect(runs[0]["cmemBytes"] is NSNull)
    let relative = try #require(runs[1]["relative"] as? [String: Any])
    let cycles = runs.compactMap { $0["totalCycles"] as? Double }
    // The file has the quotient of figures that were rounded once: equal but for the last bit.
    let ratio = try #require(relative["totalCycles"] as? Double)
    #expect(abs(ratio / (cycles[1] / cycles[0]) - 1) < 1e-15 * 4)
  }

  @Test("a resumed run is joined with the runs that it continues; together they are one run")
  func chain() throws {
    let place = try Workplace()
    let whole = try place.run("--epochs", "4", "--quiet", "--log", "whole.h5")
    #expect(whole.status == 0, "\(whole.errors)")
    for (part, epochs) in [(1, 1), (2, 2), (3, 4)] {
      let resume = part == 1 ? [] : ["--resume", "a.ckpt"]
      let outcome = try place.start(
        resume + [
          "--epochs", "\(epochs)", "--quiet", "--log", "\(part).h5", "--checkpoint", "a.ckpt",
        ]
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let json = try place.run("inspect", "3.h5", "--json").json()
    let chain = try #require(json["chain"] as? [[String: Any]])
    #expect(chain.compactMap { $0["firstStep"] as? Int } == [0, 10, 20])
    #expect(chain.compactMap { $0["steps"] as? Int } == [10, 10, 20])
    #expect((json["epochs"] as? [Any])?.count == 2)
    let history = try #require(json["history"] as? [[String: Any]])
    let single = try place.run("inspect", "whole.h5", "--json").json()
    let expected = try #require(single["history"] as? [[String: Any]])
    #expect(history.compactMap { $0["epoch"] as? Int } == [1, 2, 3, 4])
    for key in ["trainLoss", "testLoss", "testAccuracy"] {
      #expect(
        history.compactMap { $0[key] as? Double } == expected.compactMap { $0[key] as? Double })
    }
    let text = try place.run("inspect", "3.h5").output
    #expect(text.contains("\nRuns of this training\n") && text.contains("\nMetrics of all runs\n"))
    #expect(text.contains("/1.h5 ") && text.contains("/2.h5 "))
    // In another folder, the files lie beside each other still.
    try FileManager.default.createDirectory(
      atPath: place.path + "/moved", withIntermediateDirectories: false)
    for part in 1...3 {
      try FileManager.default.moveItem(
        atPath: "\(place.path)/\(part).h5", toPath: "\(place.path)/moved/\(part).h5")
    }
    let moved = try place.run("inspect", "moved/3.h5", "--json").json()
    #expect((moved["chain"] as? [Any])?.count == 3)
  }

  @Test("what a resumed run continues and cannot be found is said, and the rest is shown")
  func gap() throws {
    let place = try Workplace()
    for (log, resume, epochs) in [("1.h5", [], "1"), ("2.h5", ["--resume", "a.ckpt"], "2")] {
      let outcome = try place.start(
        resume + ["--epochs", epochs, "--quiet", "--log", log, "--checkpoint", "a.ckpt"]
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let path = place.path + "/1.h5"
    try FileManager.default.removeItem(atPath: path)
    let text = try place.run("inspect", "2.h5")
    #expect(text.status == 0)
    #expect(text.output.contains("what was before: \(path) is not there"), "\(text.output)")
    #expect(!text.output.contains("Runs of this training"))
    // Another run has taken the name since.
    let other = try place.run("--epochs", "1", "--seed", "5", "--quiet", "--log", "1.h5")
    #expect(other.status == 0, "\(other.errors)")
    let json = try place.run("inspect", "2.h5", "--json").json()
    let continues = try #require(json["continues"] as? [String: Any])
    #expect(continues["gap"] as? String == "\(path) is another run by now")
    #expect(continues["firstStep"] as? Int == 10)
    #expect((json["chain"] as? [Any])?.count == 1)
  }

  @Test("steps that a killed run did after its checkpoint count once")
  func overlap() throws {
    let place = try Workplace()
    let first = try place.run(
      "--epochs", "1", "--quiet", "--log", "1.h5", "--checkpoint", "a.ckpt")
    #expect(first.status == 0, "\(first.errors)")
    // As if the run had gone on to its third epoch after the last checkpoint.
    let longer = try place.run("--epochs", "3", "--quiet", "--log", "1.h5", "--force")
    #expect(longer.status == 0, "\(longer.errors)")
    let resumed = try place.run(
      "--resume", "a.ckpt", "--epochs", "2", "--quiet", "--log", "2.h5")
    #expect(resumed.status == 0, "\(resumed.errors)")
    let json = try place.run("inspect", "2.h5", "--json").json()
    let chain = try #require(json["chain"] as? [[String: Any]])
    #expect(chain.compactMap { $0["steps"] as? Int } == [10, 10])
    let history = try #require(json["history"] as? [[String: Any]])
    #expect(history.compactMap { $0["epoch"] as? Int } == [1, 2])
  }
}
