import ConfigFiles
import Testing
import Units

@testable import SystolicModel
@testable import SystolicCompiler

@Suite("Chips with banked DRAM")
struct BankedChipTests {
  private func chip(_ name: String, _ overrides: [String] = []) throws -> Chip {
    try Chip.load(
      name, overrides: ["dram.model=banked"] + overrides, library: repositoryLibrary())
  }

  private func compile(_ chip: Chip) throws -> CompiledProgram {
    try SystolicCompiler(chip: chip).compile(SampleGraphs.mlp(batch: 8))
  }

  @Test("every chip that says how runs with banked DRAM, no faster than at the pins' rate")
  func allChips() throws {
    let library = try repositoryLibrary()
    for name in library.names(of: "Chips") {
      let asConfigured = try Chip.load(name, library: library)
      guard asConfigured.architecture.dram.banked != nil else { continue }
      // Against the pins' own rate, not what streams sustain.
      let simple = try compile(
        Chip.load(
          name, overrides: ["dram.model=simple", "dram.sustainedShare=1"], library: library))
      let banked = try compile(chip(name))
      #expect(
        banked.cost.steady.cycles >= simple.cost.steady.cycles, "\(name)")
      #expect(banked.cost.steady.cycles.count < 3 * simple.cost.steady.cycles.count, "\(name)")
    }
  }

  @Test("the standard is there when a chip is decoded, whichever model is chosen")
  func decodedStandard() throws {
    let library = try repositoryLibrary()
    for name in library.names(of: "Chips") {
      let document = try library.document(name, kind: "Chips")
      let chip = try ChipArchitecture(document: document, library: library)
      #expect((chip.dramStandard == nil) == (chip.dram.banked == nil), "\(name)")
    }
    let unknown = try library.document("edge-8x8", kind: "Chips")
      .applying(overrides: ["dram.banked.standard=core-rope"])
    #expect(throws: ConfigError.self) {
      try ChipArchitecture(document: unknown, library: library)
    }
  }

  @Test("a banked chip whose standard was not read stops: it never passes for a simple one")
  func missingStandard() async {
    await #expect(processExitsWith: .failure) {
      // A file that is not found, too, would end the process well.
      let bare = try? repositoryLibrary().document("edge-8x8", kind: "Chips")
        .applying(overrides: ["dram.model=banked"]).decode(ChipArchitecture.self)
      _ = bare?.dramModel
    }
  }

  @Test("a copy takes at least its bytes at the pins' rate, and no less with less bandwidth")
  func monotone() throws {
    for pattern in [
      TransferPattern(bytes: 4096), TransferPattern(bytes: 1 << 20),
      TransferPattern(rows: 64, bytesPerRow: 128, strideBytes: 4096),
    ] {
      var before = Int.max
      for bandwidth in [512, 700, 900, 1024, 1500, 2048] {
        let chip = try chip("tpu-v3", ["dram.bandwidthGigabytesPerSecond=\(bandwidth)"])
          .architecture
        let cycles = chip.transferCycles(pattern, isWrite: false)
        #expect(Double(cycles) >= Double(pattern.bytes) / chip.dramBytesPerCyclePerCore)
        // Times in nanoseconds are rounded up to cycles of the memory's clock, each anew.
        #expect(Double(cycles) <= 1.03 * Double(before) + 1)
        before = cycles
      }
    }
  }

  @Test("a narrow tile of a wide matrix takes longer than as many consecutive bytes")
  func strides() throws {
    let chip = try chip("tpu-v3").architecture
    let narrow = TransferPattern(rows: 512, bytesPerRow: 8, strideBytes: 8192)
    let whole = TransferPattern(bytes: narrow.bytes)
    #expect(
      chip.transferCycles(narrow, isWrite: false) >= 3 * chip.transferCycles(whole, isWrite: false))
    let simple = try Chip.load("tpu-v3", library: repositoryLibrary()).architecture
    #expect(
      simple.transferCycles(narrow, isWrite: false) == simple.transferCycles(whole, isWrite: false))
  }

  // 4 MiB are 4096 rows of 1 KiB, all opened once: 4096 · 909 pJ + 2^25 bits · 3.48 pJ.
  @Test("energy counts the rows that are opened where the table has their figure")
  func energy() throws {
    let chip = try chip("tpu-v3")
    var counts = ActionCounts()
    EnergyModel(chip: chip).countCopy(
      TransferPattern(bytes: 4 << 20), .dmaLoad, isWrite: false, times: 1,
      ChipTiming(chip.architecture), in: &counts)
    #expect(counts.dramActivations == 4096)
    #expect(counts.unwantedDRAMBytes == 0)
    let energy = EnergyModel(chip: chip).energy(of: counts)[.offChip]
    #expect(abs(energy.value - (4096 * 909 + 33_554_432 * 3.48)) < 0.01)
    let other = try self.chip("edge-8x8")
    #expect(other.dramRowEnergies == nil)
  }
}
