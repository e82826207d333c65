import DeviceAPI
import Foundation
import RunLog
import Testing
import Training

@Suite("simtrain train, as a process")
struct TrainCommandTests {
  static let keys = [
    "device", "config", "testAccuracy", "trainLoss", "steps", "totalCycles", "cyclesPerStep",
    "simulatedSeconds", "energyJoules", "utilization", "hostSeconds", "samplesPerSecond",
    "runFile",
  ]

  @Test("tpu-sim is the default: JSON has every key, and the run file says the same")
  func simulated() throws {
    let place = try Workplace()
    let outcome = try place.run("--epochs", "2", "--json", "--log", "run.h5")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try outcome.json()
    for key in Self.keys { #expect(json[key] != nil && !(json[key] is NSNull), "\(key)") }
    #expect(json["device"] as? String == "tpu-sim")
    #expect(json["config"] as? String == "tpu-v3")
    #expect(json["steps"] as? Int == 20)
    let history = try #require(json["history"] as? [[String: Any]])
    #expect(history.compactMap { $0["epoch"] as? Int } == [1, 2])
    for key in ["testAccuracy", "testLoss", "trainLoss"] {
      #expect(history[1][key] as? Double == json[key] as? Double, "\(key)")
    }
    let accuracy = try #require(json["testAccuracy"] as? Double)
    #expect(accuracy > 0.5)

    let run = try RunFile(path: place.path + "/run.h5")
    #expect(run.status == .finished)
    let steps = try run.steps()
    #expect(steps.map(\.step) == Array(0..<20))
    let cycles = steps.compactMap { $0.cost?.cycles.count }
    #expect(cycles.reduce(0, +) == json["totalCycles"] as? Int)
    #expect(cycles.first == json["coldCyclesPerStep"] as? Int)
    #expect(cycles.last == json["cyclesPerStep"] as? Int)
    // Each step starts where the one before ends.
    var cursor = 0
    for cost in steps.compactMap(\.cost) {
      #expect(cost.start.count == cursor)
      cursor += cost.cycles.count
    }
    let energy = steps.compactMap { $0.cost?.energy.joules }.reduce(0, +)
    let total = try #require(json["energyJoules"] as? Double)
    #expect(abs(energy - total) <= 1e-9 * total)
    #expect(try run.epochs().last?.testAccuracy == accuracy)
    #expect(try run.executables().map(\.name) == ["training_step", "evaluation"])
    let categories = try #require(json["cyclesByCategory"] as? [String: Int])
    #expect(categories.values.reduce(0, +) == json["totalCycles"] as? Int)
  }

  @Test("on the CPU, what is not modelled is null")
  func cpu() throws {
    let place = try Workplace()
    let outcome = try place.run("--device", "cpu", "--epochs", "1", "--json", "--log", "run.h5")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try outcome.json()
    for key in Self.keys { #expect(json[key] != nil, "\(key)") }
    for key in ["config", "totalCycles", "cyclesPerStep", "energyJoules", "utilization"] {
      #expect(json[key] is NSNull, "\(key)")
    }
    let run = try RunFile(path: place.path + "/run.h5")
    #expect(try run.steps().allSatisfy { $0.cost == nil })
    let executables = try run.executables()
    #expect(executables.first?.measured?.executions == 10)
  }

  @Test("the report names accuracy, cycles, energy, host time and the run file; lines go to stderr")
  func report() throws {
    let place = try Workplace()
    let outcome = try place.run("--epochs", "1")
    #expect(outcome.status == 0)
    for words in [
      "test accuracy", "a step", "MXU utilisation", "fill and drain", "DMA stall",
      "off-chip memory",
      "slowdown", "runs/tpu-sim-tpu-v3-",
    ] { #expect(outcome.output.contains(words), "\(words)") }
    #expect(outcome.errors.hasPrefix("epoch 1/1  train loss "))
    #expect(outcome.errors.split(separator: "\n").count == 1)
    let files = try FileManager.default.contentsOfDirectory(atPath: place.path + "/runs")
    #expect(files.count == 1 && files[0].hasSuffix(".h5"))
  }

  @Test("traffic of CMEM is in table and JSON where the chip has one, and equals the run file's")
  func cmem() throws {
    let place = try Workplace()
    for (config, hasCMEM) in [("tpu-v4", true), ("tpu-v3", false)] {
      let options = ["--config", config, "--epochs", "1", "--quiet"]
      let text = try place.start(options + ["--no-log"]).outcome()
      let lines = text.output.split(separator: "\n")
      #expect(lines.contains { $0.hasPrefix("  CMEM  ") } == hasCMEM)
      #expect(lines.contains { $0.hasPrefix("  VMEM  ") } == hasCMEM)
      // Bytes have two lines, energy has one.
      #expect(lines.contains { $0.hasPrefix("  VMEM and CMEM  ") } == hasCMEM)
      #expect(lines.count { $0.hasPrefix("  on-chip memory  ") } == (hasCMEM ? 0 : 2))
      let json = try place.start(options + ["--json", "--log", "\(config).h5"]).outcome().json()
      let run = try RunFile(path: "\(place.path)/\(config).h5")
      let ops = try #require(try run.executables().first?.simulated?.ops)
      let bytes = ops.reduce(0) { $0 + $1.traffic[MemoryLevel.cmem.index].total.count }
      let summary = try run.summary().first { $0.name == "cmemBytes" }
      if hasCMEM {
        #expect(bytes > 0)
        #expect(json["cmemBytes"] as? Int == 10 * bytes)
        #expect(summary?.value == .integer(Int64(10 * bytes)))
      } else {
        #expect(bytes == 0)
        #expect(json["cmemBytes"] is NSNull)
        #expect(summary == nil)
      }
    }
  }

  @Test("quiet says nothing on stderr, and no-log leaves no file")
  func quiet() throws {
    let place = try Workplace()
    let outcome = try place.run("--epochs", "1", "--quiet", "--no-log")
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(!outcome.output.contains("run file"))
    #expect(!FileManager.default.fileExists(atPath: place.path + "/runs"))
  }

  @Test("thread counts change no bit", arguments: ["cpu", "tpu-sim"])
  func threads(device: String) throws {
    let place = try Workplace()
    for threads in ["1", "2"] {
      let outcome = try place.run(
        "--device", device, "--epochs", "1", "--quiet", "--threads", threads, "--log",
        "\(threads).h5", "--checkpoint", "\(threads).ckpt")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let one = try CheckpointFile.read(place.path + "/1.ckpt")
    let two = try CheckpointFile.read(place.path + "/2.ckpt")
    #expect(one.tensors == two.tensors)
    // The name of the run file is the one thing in which they differ.
    #expect(
      one.entries.filter { $0.name != "run.file" } == two.entries.filter { $0.name != "run.file" }
    )
    #expect(
      try RunFile(path: place.path + "/1.h5").steps()
        == RunFile(path: place.path + "/2.h5").steps())
  }

  @Test("a full disk: training goes on, the file up to there is readable, and the status is 1")
  func fullDisk() throws {
    let place = try Workplace()
    // Blocks of 512 bytes: enough for the first snapshot, not for the tables.
    let outcome = try place.shell(
      "ulimit -f 100; exec '\(Workplace.program)' --epochs 2 --log run.h5 --json")
    #expect(outcome.status == 1)
    #expect(try outcome.json()["steps"] as? Int == 20)
    #expect(outcome.errors.contains("simtrain: warning: run.h5: cannot write the run file: "))
    #expect(outcome.errors.contains("simtrain: error: the run file is not complete: "))
    #expect(try RunFile(path: place.path + "/run.h5").status == .running)
  }
}
