import ConfigFiles
import Foundation
import SystolicModel
import Testing

@testable import simtrain

@Suite("simtrain config keys and config new, as processes")
struct ConfigKeysTests {
  @Test("Docs/chip-reference.md is what 'simtrain config keys --markdown' prints")
  func document() throws {
    let root = URL(filePath: Workplace.configs).deletingLastPathComponent()
    let document = try String(
      contentsOf: root.appending(path: "Docs/chip-reference.md"), encoding: .utf8)
    #expect(
      try Workplace().run("config", "keys", "--markdown").output == document,
      "Run: simtrain config keys --markdown > Docs/chip-reference.md")
  }

  @Test("all keys are a table, a block is its part, one key is a page with its values")
  func text() throws {
    let place = try Workplace()
    let all = try place.run("config", "keys").output.split(separator: "\n")
    let reference = try ChipReference(
      library: ConfigLibrary(explicit: Workplace.configs, currentDirectory: "/"))
    #expect(all.count == reference.entries.count + 1)
    let block = try place.run("config", "keys", "dma").output.split(separator: "\n")
    #expect(
      block.map { $0.prefix { $0 != " " } } == ["key", "dma", "dma.queues", "dma.setupCycles"])
    let beginning = try place.run("config", "keys", "dma.").output.split(separator: "\n")
    #expect(
      beginning.map { $0.prefix { $0 != " " } } == ["key", "dma.queues", "dma.setupCycles"])
    let page = try place.run("config", "keys", "cmem.latencyCycles").output
    #expect(page.contains("whole number, cycles\n"))
    #expect(page.contains("required            in every block 'cmem'\n"))
    #expect(page.contains("  50  tpu-v4, tpu-v4i  tpu-v4: assumed: not published"))
  }

  @Test("JSON has of each key what the page has")
  func json() throws {
    let document = try Workplace().run("config", "keys", "mxu.dataflow", "--json").json()
    let key = try #require((document["keys"] as? [[String: Any]])?.first)
    #expect(key["key"] as? String == "mxu.dataflow")
    #expect(key["required"] as? Bool == true)
    #expect(
      key["choices"] as? [String] == ["weightStationary", "outputStationary", "inputStationary"])
    let values = try #require(key["values"] as? [[String: Any]])
    #expect(values.contains { ($0["architectures"] as? [String])?.contains("tpu-v3") == true })
  }

  @Test(
    "a key that is not there is an error with the one that was meant",
    arguments: [
      ("mxu.row", "Did you mean 'mxu.rows'?"), ("rows", "Did you mean 'mxu.rows'?"),
      ("capacityKibibyte", "Did you mean 'cmem.capacityKibibytes'?"),
      (
        "xyz",
        "Use one of: extends, name, description, clockMegahertz, cores, mxu, vpu, vmem, cmem, dram, "
          + "dma, hostLink, program, energy, area."
      ),
    ])
  func unknown(key: String, remedy: String) throws {
    let outcome = try Workplace().run("config", "keys", key)
    #expect(outcome.status == 2)
    #expect(
      outcome.errors
        == "simtrain: error: No key of an architecture is called '\(key)'. \(remedy)\n")
  }

  @Test(
    "a new file validates, and is its model but for the name", arguments: ["tpu-v3", "tpu-v4i"])
  func new(chip: String) throws {
    let place = try Workplace()
    let written = try place.run("config", "new", "mine", "--like", chip)
    #expect(written.status == 0, "\(written.errors)")
    #expect(
      written.output == "mine.yaml: written. Edit it, then: simtrain config validate ./mine.yaml\n")
    #expect(
      try place.run("config", "validate", "./mine.yaml").output.hasPrefix("./mine.yaml: ok, mine"))
    let library = try ConfigLibrary(explicit: Workplace.configs, currentDirectory: place.path)
    func values(_ name: String) throws -> [String] {
      try library.document(name, kind: "Chips").settings.map { "\($0.path)=\($0.value)" }
        .filter { !$0.hasPrefix("name=") && !$0.hasPrefix("description=") }
    }
    #expect(try values("./mine.yaml") == values(chip))
    func figures(_ name: String) throws -> [String: Any] {
      var document = try place.run(
        "estimate", "--gemm", "128x128x128", "--config", name, "--json"
      ).json()
      document["config"] = nil
      document["architecture"] = nil
      return document
    }
    let (mine, its) = (try figures("./mine.yaml"), try figures(chip))
    #expect(NSDictionary(dictionary: mine) == NSDictionary(dictionary: its))
    // Each key that the chip has or could have is explained.
    let text = try String(contentsOfFile: place.path + "/mine.yaml", encoding: .utf8)
    #expect(text.contains("  # Processing elements down an array.\n  rows: 128  # JAX\n"))
    #expect(text.contains("  # sustainedShare: "))
    #expect(!text.split(separator: "\n").contains { $0.hasPrefix("#") && $0.count > 100 })
  }

  @Test("a new file takes overrides, and never takes the place of one that is there")
  func newAgain() throws {
    let place = try Workplace()
    let first = try place.run(
      "config", "new", "mine.yaml", "--like", "tpu-v3", "--set", "mxu.rows=64")
    #expect(first.status == 0, "\(first.errors)")
    let text = try String(contentsOfFile: place.path + "/mine.yaml", encoding: .utf8)
    #expect(text.contains("\n  rows: 64\n"))
    let second = try place.run("config", "new", "mine", "--like", "tpu-v2")
    #expect(second.status == 2)
    #expect(
      second.errors
        == "simtrain: error: mine.yaml: is there already, and is not overwritten. Choose "
        + "another name, or remove it.\n")
    #expect(try String(contentsOfFile: place.path + "/mine.yaml", encoding: .utf8) == text)
  }

  @Test(
    "what cannot be written is refused, and leaves no file",
    arguments: [
      ("new ../a --like tpu-v3", "'../a' cannot be a name"),
      ("new a --like HBM2", "HBM2: this is a memory standard (DRAM), and --like expects"),
      ("new a --like tpu-v3 --set mxu.rows=0", "'mxu.rows' must be from 1 to 65536; found 0."),
      ("new a", "Missing expected argument '--like <chip>'"),
    ])
  func refused(line: String, sentence: String) throws {
    let place = try Workplace()
    let outcome = try place.start(["config"] + line.split(separator: " ").map(String.init))
      .outcome()
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: place.path + "/a.yaml"))
  }

  @Test("a chip that extends another is shown whole, validated and trained on as any other")
  func extending() throws {
    let place = try Workplace()
    try "extends: edge-8x8\nname: mine\nmxu:\n  rows: 16\nvmem:\n  capacityKibibytes: 300\n".write(
      toFile: place.path + "/mine.yaml", atomically: true, encoding: .utf8)
    let shown = try place.run("config", "show", "mine.yaml").output
    #expect(
      shown.contains("\n  rows: 16\n") && shown.contains("\n  columns: 8  # our own choice\n"))
    #expect(shown.contains("#   VMEM of a core        300 KiB\n"))
    let run = try place.run(
      "--config", "./mine.yaml", "--epochs", "1", "--model", "mlp", "--log", "run.h5", "--json")
    #expect(run.status == 0, "\(run.errors)")
    // The run file holds the chip on its own.
    let inspected = try place.run("inspect", "run.h5")
    #expect(inspected.status == 0, "\(inspected.errors)")
  }
}
