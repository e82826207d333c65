import ConfigFiles
import Testing

@testable import SystolicModel
@testable import SystolicSim

@Suite("SCALE-Sim configurations as chips")
struct ScaleSimImportTests {
  private static let array = """
    [architecture_presets]
    ArrayHeight: 12
    ArrayWidth : 14
    Dataflow = os

    """

  private func importing(_ text: String) throws -> ScaleSimImport {
    try ScaleSimImport(SectionedFile(text: text, file: "a.cfg"), library: repositoryLibrary())
  }

  private func values(_ text: String) throws -> [String: String] {
    let settings = try importing(text).document.settings
    return Dictionary(settings.map { ($0.path, $0.value) }) { first, _ in first }
  }

  @Test("array, dataflow and the sum of three memories are the chip's", arguments: ["kB", ""])
  func arrayAndMemory(unit: String) throws {
    let chip = try values(
      "[general]\nrun_name = \"eyeriss\"\n" + Self.array
        + "IfmapSramSz\(unit): 512\nFilterSramSz\(unit): 512 \nOfmapSramSz\(unit): 256 # small\n")
    #expect(chip["name"] == "eyeriss")
    #expect(chip["mxu.rows"] == "12" && chip["mxu.columns"] == "14")
    #expect(chip["mxu.dataflow"] == "outputStationary")
    #expect(chip["vmem.capacityKibibytes"] == "1280")
    #expect(chip["vmem.capacityMebibytes"] == nil)
  }

  @Test("a file of version 1 without a dataflow is output stationary")
  func versionOne() throws {
    let chip = try values(
      "[architecture_presets]\nArrayHeight: 32\nArrayWidth: 32 \nIfmapSramSz: 1024\n"
        + "[network_presets]\nTopologyCsvLoc: \"./topologies/yolo_tiny.csv\"\n")
    #expect(chip["mxu.rows"] == "32" && chip["mxu.dataflow"] == "outputStationary")
  }

  @Test("a stated bandwidth is words of two bytes at 1 GHz; a calculated one limits nothing")
  func bandwidth() throws {
    func bandwidth(_ mode: String, _ words: String) throws -> String? {
      let text = Self.array + "Bandwidth: \(words)\n[run_presets]\nInterfaceBandwidth: \(mode)\n"
      return try values(text)["dram.bandwidthGigabytesPerSecond"]
    }
    #expect(try bandwidth("USER", "10") == "20.0")
    #expect(try bandwidth("USER", "10,20") == "20.0")
    #expect(try bandwidth("CALC", "10") == "1000000")
  }

  @Test("every key is named in the output, mapped or not, and the output is the chip again")
  func everyKey() throws {
    let text =
      "[general]\nrun_name = x # y\n" + Self.array
        + """
        IfmapSramSzkB: 64
        IfmapOffset: 0
        Bandwidth : 10
        MemoryBanks: 1
        ReadRequestBuffer: 32
        [layout]
        IfmapCustomLayout: False
        IfmapSRAMBankBandwidth: 100
        [sparsity]
        SparsitySupport : true
        SparseRep : csr
        [run_presets]
        InterfaceBandwidth: CALC
        UseRamulatorTrace: False
        [gpu]
        TensorCores: 32
        """
    let imported = try importing(text)
    #expect(
      imported.unmapped.map { $0.prefix { $0 != " " } } == [
        "Bandwidth", "IfmapOffset", "MemoryBanks", "ReadRequestBuffer", "IfmapCustomLayout",
        "IfmapSRAMBankBandwidth", "SparsitySupport", "SparseRep", "UseRamulatorTrace",
        "TensorCores",
      ])
    let output = imported.text(source: "a.cfg")
    for entry in try SectionedFile(text: text, file: "a.cfg").entries {
      #expect(output.contains("\(entry.key) \(entry.value)"), "\(entry.key)")
    }
    let again = try ConfigDocument(text: output, file: "chip.yaml")
    #expect(again.settings.map(\.value) == imported.document.settings.map(\.value))
    #expect(try Chip(document: again, library: repositoryLibrary()).architecture.mxu.rows == 12)
  }

  @Test(
    "each mistake has its line",
    arguments: [
      (
        "[a]\nb: 1\n", "a.cfg: no SCALE-Sim configuration: it has no ArrayHeight and no ArrayWidth."
      ),
      (
        "mxu:\n  rows: 1\n",
        "a.cfg:1: no SCALE-Sim configuration: expected a [section], then lines of "
          + "'key: value'."
      ),
      (
        ScaleSimImportTests.array.replacing("12", with: "0"),
        "a.cfg:2: 'mxu.rows' must be from 1 to 65536; found 0."
      ),
      (
        ScaleSimImportTests.array.replacing("12", with: "x"),
        "a.cfg:2: 'ArrayHeight' must be a whole number; found 'x'."
      ),
      (
        ScaleSimImportTests.array.replacing("os", with: "rs"),
        "a.cfg:4: 'Dataflow' cannot be 'rs'. Use one of: os, ws, is."
      ),
      (
        ScaleSimImportTests.array + "OfmapSramSzkB: 99999999999\n",
        "a.cfg:5: 'vmem.capacityKibibytes' must be from 1.0 to 67108864.0; found 99999999999.0."
      ),
      (
        ScaleSimImportTests.array + "arrayheight: 3\n",
        "a.cfg:5: key 'arrayheight' stands twice in one mapping. Keep one."
      ),
      (
        ScaleSimImportTests.array.replacing("ArrayWidth : 14\n", with: ""),
        "a.cfg: missing key 'ArrayWidth'. Add it; no key has a default."
      ),
      (
        ScaleSimImportTests.array + "[run_presets]\nInterfaceBandwidth: MAYBE\n",
        "a.cfg:6: 'InterfaceBandwidth' cannot be 'MAYBE'. Use one of: USER, CALC."
      ),
    ] as [(String, String)])
  func mistakes(text: String, sentence: String) {
    let error = #expect(throws: ConfigError.self) { try importing(text) }
    #expect(error?.description == sentence)
  }
}
