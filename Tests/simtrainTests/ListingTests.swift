import Foundation
import Testing

@Suite("simtrain devices, config and inspect, as processes")
struct ListingTests {
  @Test("devices are listed with peaks and memories")
  func devices() throws {
    let outcome = try Workplace().run("devices")
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].hasPrefix("cpu ") && lines[1].contains("FLOP/s f32"))
    #expect(lines[2].hasPrefix("tpu-sim ") && lines[2].contains("61.6 TFLOP/s bf16"))
  }

  @Test("every architecture, model, table and workload is listed and valid")
  func configs() throws {
    let place = try Workplace()
    let list = try place.run("config", "list")
    #expect(list.status == 0, "\(list.errors)")
    let sections = list.output.split(separator: "\n\n").map { $0.split(separator: "\n") }
    #expect(
      sections.map { $0[0].split(separator: " ")[0] } == [
        "Architectures", "Models", "Energy", "Memory", "Tables", "Workloads",
      ])
    let names = sections.flatMap { $0.dropFirst(2) }.compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
    for name in ["tpu-v3", "edge-8x8", "lenet5", "ten-lessons-7nm", "HBM2", "resnet50"] {
      #expect(names.contains(name), "\(name)")
    }
    // A name stands for one configuration.
    #expect(Set(names).count == names.count)
    for name in names {
      let valid = try place.run("config", "validate", name)
      #expect(valid.status == 0)
      #expect(valid.output.hasPrefix("\(name): ok, "))
    }
  }

  @Test("'config list --json' lists what the tables list, each with its file and figures")
  func json() throws {
    let place = try Workplace()
    let document = try place.run("config", "list", "--json").json()
    let table = try place.run("config", "list").output
    let lists = [
      "architectures", "models", "energyTables", "memoryStandards", "areaTables", "workloads",
    ]
    #expect(Set(document.keys) == Set(lists + ["folders"]))
    #expect((document["folders"] as? [String])?.contains(Workplace.configs) == true)
    var entries: [String: [String: Any]] = [:]
    for list in lists {
      for entry in try #require(document[list] as? [[String: Any]]) {
        let name = try #require(entry["name"] as? String)
        #expect(table.contains("\n\(name) "), "\(name)")
        #expect(FileManager.default.fileExists(atPath: try #require(entry["file"] as? String)))
        entries[name] = entry
      }
    }
    // A line a name, below a title and a row of column names a list.
    let lines = table.split(separator: "\n")
    #expect(entries.count == lines.count - 2 * lists.count)
    // Figures of the files; the parameters are counted in the test of models below.
    #expect(entries["tpu-v3"]?["cores"] as? Int == 2)
    #expect(entries["tpu-v3"]?["vmemBytesPerCore"] as? Int == 16 << 20)
    #expect(entries["lenet5"]?["parameters"] as? Int == 61_706)
    #expect(entries["ten-lessons-7nm"]?["processNanometres"] as? Double == 7)
    #expect(entries["HBM2"]?["clockMegahertz"] as? Double == 1000)
    #expect(entries["resnet50"]?["layers"] as? Int == 54)
  }

  @Test("a model is shown with its parameters, by name and by file; its mistakes are found")
  func models() throws {
    let place = try Workplace()
    let shown = try place.run("config", "show", "lenet5")
    #expect(shown.status == 0, "\(shown.errors)")
    // 6 x 25 + 6, 16 x 150 + 16, 400 x 120 + 120, 120 x 84 + 84, 84 x 10 + 10.
    #expect(shown.output.contains("\n#   parameters  61,706\n"))
    try shown.output.write(toFile: place.path + "/mine.yaml", atomically: true, encoding: .utf8)
    let valid = try place.run("config", "validate", "mine.yaml")
    #expect(valid.output.hasPrefix("mine.yaml: ok, lenet5: 28x28 "))
    let wrong = try place.run(
      "config", "validate", "mine.yaml", "--set", "layers.0.kernelSize=99")
    #expect(wrong.status == 2)
    #expect(wrong.errors.contains("--set layers.0.kernelSize=99: "))
    let energy = try place.run("config", "show", "ten-lessons-7nm")
    #expect(energy.output.contains("processNanometres: 7\n"))
  }

  @Test("a workload is shown as its file, and has no keys to set")
  func workload() throws {
    let place = try Workplace()
    let shown = try place.run("config", "show", "resnet50")
    #expect(shown.output.hasPrefix("Layer name, IFMAP Height, "), "\(shown.errors)")
    let set = try place.run("config", "validate", "resnet50", "--set", "a=1")
    #expect(set.status == 2)
    #expect(
      set.errors == "simtrain: error: --set a=1: resnet50 is a workload, which has no keys.\n")
  }

  @Test("a SCALE-Sim configuration is imported, and named as one wherever YAML is expected")
  func scaleSim() throws {
    let place = try Workplace()
    try """
    [general]
    run_name = sixteen

    [architecture_presets]
    ArrayHeight: 16
    ArrayWidth: 8
    IfmapSramSzkB: 64
    FilterSramSzkB: 64
    OfmapSramSzkB: 32
    Dataflow: ws
    Bandwidth: 10
    MemoryBanks: 1

    [run_presets]
    InterfaceBandwidth: USER
    """.write(toFile: place.path + "/a.cfg", atomically: true, encoding: .utf8)
    let imported = try place.shell("'\(Workplace.program)' config import a.cfg > chip.yaml")
    #expect(imported.status == 0)
    #expect(
      imported.errors
        == "a.cfg: 1 key has no counterpart here; the comments of the output name each.\n")
    let valid = try place.run("config", "validate", "chip.yaml")
    #expect(valid.output.hasPrefix("chip.yaml: ok, sixteen: 1 core, 1 MXU of 16 x 8 "))
    for words in [
      ["estimate", "--gemm", "8x8x8", "--config", "a.cfg"], ["--config", "./a.cfg"],
      ["config", "validate", "a.cfg"], ["config", "show", "a.cfg"],
      ["estimate", "--workload", "a.cfg"],
    ] {
      let outcome = try place.start(words).outcome()
      #expect(outcome.status == 2)
      let file = try #require(words.last)
      #expect(
        outcome.errors.hasPrefix(
          "simtrain: error: \(file): this is a configuration of SCALE-Sim, and "))
      #expect(
        outcome.errors.hasSuffix(
          " Convert it with 'simtrain config import \(file) > chip.yaml'.\n"))
    }
    let other = try place.run("config", "import", "chip.yaml")
    #expect(other.status == 2)
    #expect(
      other.errors
        == "simtrain: error: chip.yaml: this is an architecture (a chip), and 'config import' "
        + "expects a configuration of SCALE-Sim. Give it with --config.\n")
  }

  @Test("what 'config show' prints is a configuration again, overrides applied")
  func show() throws {
    let place = try Workplace()
    for overrides in [[], ["--set", "mxu.rows=64", "--set", "description='a: b # c'"]] {
      let shown = try place.start(["config", "show", "tpu-v3"] + overrides).outcome()
      #expect(shown.status == 0, "\(shown.errors)")
      try shown.output.write(toFile: place.path + "/mine.yaml", atomically: true, encoding: .utf8)
      let again = try place.run("config", "show", "mine.yaml")
      #expect(again.status == 0, "\(again.errors)")
      let derived = try #require(shown.output.split(separator: "# Derived:").last)
      #expect(again.output.hasSuffix(derived))
      #expect(derived.contains(overrides.isEmpty ? "123 TFLOP/s" : "61.6 TFLOP/s"))
    }
  }

  @Test(
    "inspect summarises a run of either device, as text and as JSON", arguments: ["cpu", "tpu-sim"])
  func inspect(device: String) throws {
    let place = try Workplace()
    let trained = try place.run(
      "--device", device, "--epochs", "2", "--json", "--quiet", "--log", "run.h5")
    let text = try place.run("inspect", "run.h5", "--top", "3")
    #expect(text.status == 0, "\(text.errors)")
    for words in ["status", "finished", "train loss", "Executable 'training_step'"] {
      #expect(text.output.contains(words), "\(words)")
    }
    #expect(text.output.contains("Cycles by operation") == (device == "tpu-sim"))
    let outcome = try place.run("inspect", "run.h5", "--json", "--top", "3")
    let (inspected, report) = (try outcome.json(), try trained.json())
    #expect(inspected["totalCycles"] as? Int == report["totalCycles"] as? Int)
    #expect((inspected["epochs"] as? [Any])?.count == 2)
    let executables = try #require(inspected["executables"] as? [[String: Any]])
    #expect(executables.count == 2)
    if device == "tpu-sim" { #expect((executables[0]["ops"] as? [Any])?.count == 3) }
    let summary = try #require(inspected["summary"] as? [String: Any])
    #expect(summary["testAccuracy"] as? Double == report["testAccuracy"] as? Double)
  }
}
