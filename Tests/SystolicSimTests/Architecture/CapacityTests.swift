import ConfigFiles
import SystolicModel
import Testing

@Suite("Capacities in MiB or KiB")
struct CapacityTests {
  private func chip(_ overrides: [String]) throws -> ChipArchitecture {
    try Chip.load("tpu-v4", overrides: overrides, library: repositoryLibrary()).architecture
  }

  private func message(_ overrides: [String]) -> String {
    do { return "no error: \(try chip(overrides))" } catch { return "\(error)" }
  }

  @Test("KiB and MiB state the same bytes of VMEM, CMEM and accumulators")
  func bytes() throws {
    let chip = try chip([
      "vmem.capacityKibibytes=300", "cmem.capacityKibibytes=1000", "mxu.accumulatorMebibytes=0.5",
    ])
    #expect(chip.vmem.capacityBytes == 307_200)
    #expect(chip.cmemBytesPerCore == 512_000)  // two cores share 1000 KiB
    #expect(chip.mxu.accumulatorBytes == 524_288)
    let same = try self.chip(["vmem.capacityMebibytes=0.29296875"])
    #expect(same.vmem.capacityBytes == chip.vmem.capacityBytes)
  }

  @Test(
    "exactly one of the two is there",
    arguments: [
      ("vmem", "capacity", "capacityMebibytes: 1", "capacityKibibytes: 1024"),
      ("cmem", "capacity", "capacityMebibytes: 1", "capacityKibibytes: 1024"),
      ("mxu", "accumulator", "accumulatorMebibytes: 1", "accumulatorKibibytes: 1024"),
    ])
  func one(block: String, stem: String, mebibytes: String, kibibytes: String) throws {
    let library = try repositoryLibrary()
    let whole = try library.document("tpu-v4", kind: "Chips").text
    func message(_ lines: [String]) throws -> String {
      var text = whole.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let start = try #require(text.firstIndex { $0.hasPrefix("\(block):") })
      let old = try #require(text[start...].firstIndex { $0.hasPrefix("  \(stem)") })
      text.remove(at: old)
      text.insert(contentsOf: lines.map { "  \($0)" }, at: start + 1)
      do {
        let document = try ConfigDocument(text: text.joined(separator: "\n"), file: "chip.yaml")
        return "no error: \(try Chip(document: document, library: library).architecture.name)"
      } catch {
        return "\(error)".replacing("chip.yaml:\(start + 2)", with: "chip.yaml:1st")
          .replacing("chip.yaml:\(start + 3)", with: "chip.yaml:2nd")
      }
    }
    #expect(try message([mebibytes]) == "no error: tpu-v4")
    #expect(try message([kibibytes]) == "no error: tpu-v4")
    #expect(
      try message([mebibytes, kibibytes])
        == "chip.yaml:2nd: '\(block).\(stem)Kibibytes' states what '\(stem)Mebibytes' states too. "
        + "Keep one of them.")
    #expect(
      try message([])
        == "chip.yaml:1st: '\(block).\(stem)Mebibytes' is missing, and so is '\(stem)Kibibytes'. "
        + "State the capacity in one of them.")
  }

  @Test("bounds and whole bytes are checked in the unit that is stated")
  func bounds() {
    #expect(
      message(["vmem.capacityKibibytes=0.5"])
        == "--set vmem.capacityKibibytes=0.5: 'vmem.capacityKibibytes' must be from 1.0 to "
        + "67108864.0; found 0.5.")
    #expect(
      message(["vmem.capacityKibibytes=1.0001"])
        == "--set vmem.capacityKibibytes=1.0001: 'vmem.capacityKibibytes' must be a whole number of "
        + "bytes; found 1024.1024 bytes.")
    #expect(
      message(["mxu.accumulatorMebibytes=65537"])
        == "--set mxu.accumulatorMebibytes=65537: 'mxu.accumulatorMebibytes' must be from "
        + "7.62939453125e-06 to 65536.0; found 65537.0.")
    #expect(
      message(["mxu.columns=65536", "vmem.capacityKibibytes=128"])
        == "--set vmem.capacityKibibytes=128: 'vmem.capacityKibibytes' must hold two bf16 rows of "
        + "65536 columns, 262144 bytes; found 131072 bytes.")
  }
}
