import Foundation
import RunLog
import Testing

@Suite("Precision and fusion on the command line, as processes")
struct TechniqueTests {
  @Test(
    "each precision trains, and the run file says which",
    arguments: ["fp32", "bf16", "mixed-bf16", "mixed-fp16"], ["cpu", "tpu-sim"])
  func precisions(name: String, device: String) throws {
    let place = try Workplace()
    let outcome = try place.run(
      "--device", device, "--precision", name, "--epochs", "1", "--json", "--quiet", "--log",
      "run.h5")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try outcome.json()
    #expect(json["precision"] as? String == name)
    #expect((json["lossScale"] is NSNull) == (name != "mixed-fp16"))
    let loss = try #require(json["testLoss"] as? Double)
    #expect(loss < 2.3)
    let run = try RunFile(path: place.path + "/run.h5")
    #expect(run.header.hyperParameters.contains(RunAttribute("precision", .text(name))))
    let scales = try run.steps().map(\.lossScale)
    #expect(scales.allSatisfy { ($0 == nil) == (name != "mixed-fp16") })
  }

  @Test("the options of loss scaling reach the run")
  func lossScaling() throws {
    let place = try Workplace()
    let outcome = try place.run(
      "--device", "cpu", "--precision", "mixed-fp16", "--epochs", "1", "--loss-scale", "16",
      "--loss-scale-growth-interval", "2", "--loss-scale-growth-factor", "4", "--json", "--quiet",
      "--no-log")
    #expect(outcome.status == 0, "\(outcome.errors)")
    // Ten steps: the scale grows five times.
    #expect(try outcome.json()["lossScale"] as? Double == 16 * 1024)
  }

  @Test("stochastic rounding of bf16 gives other bits, and the same ones each time")
  func stochasticRounding() throws {
    let place = try Workplace()
    func loss(_ options: String...) throws -> Double {
      let outcome = try place.start(
        ["--device", "cpu", "--precision", "bf16", "--epochs", "1", "--json", "--quiet"]
          + options + ["--no-log"]
      ).outcome()
      return try #require(try outcome.json()["trainLoss"] as? Double, "\(outcome.errors)")
    }
    let (nearest, byChance) = (try loss(), try loss("--stochastic-rounding"))
    #expect(nearest != byChance)
    #expect(try loss("--stochastic-rounding") == byChance)
  }

  @Test("fusion changes cycles and no value", arguments: ["cpu", "tpu-sim"])
  func fusion(device: String) throws {
    let place = try Workplace()
    let runs = try ["on", "epilogue-only", "off"].map { mode in
      let outcome = try place.run(
        "--device", device, "--fusion", mode, "--epochs", "1", "--json", "--quiet", "--no-log")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let json = try outcome.json()
      #expect(json["fusion"] as? String == mode)
      return json
    }
    for key in ["testAccuracy", "testLoss", "trainLoss", "lastStepLoss"] {
      let values = runs.compactMap { $0[key] as? Double }
      #expect(values.count == 3 && Set(values).count == 1, "\(key)")
    }
    guard device == "tpu-sim" else { return }
    for key in ["operationsPerStep", "totalCycles", "energyJoules", "onChipBytes"] {
      let values = try runs.map { try #require($0[key] as? Double) }
      #expect(values[0] < values[1] && values[1] < values[2], "\(key)")
    }
  }
}
