import SystolicModel
import Testing

@Suite("Architecture")
struct ArchitectureTests {
  private func edge(_ overrides: [String] = []) throws -> ChipArchitecture {
    try Chip.load("edge-8x8", overrides: overrides, library: repositoryLibrary()).architecture
  }

  // 8 x 8 x 2 x 500 MHz = 64 GFLOP/s; 3.2 GB/s / 500 MHz = 6.4 B/cycle; 64 / 3.2 = 20 FLOP/B.
  @Test("derived quantities follow from the stated ones")
  func derived() throws {
    let chip = try edge()
    #expect(chip.peakFlopsPerSecond == 64e9)
    #expect(chip.dramBytesPerCyclePerCore == 6.4)
    #expect(chip.ridgeFlopsPerByte == 20)
    #expect(chip.dramBytesPerCore == 1 << 29)
    #expect(chip.vmem.capacityBytes == 262_144)
    #expect(chip.dramLatencyCycles == 50)
    #expect(chip.hostLinkLatencyCycles == 25_000)
    #expect(chip.launchOverheadCycles == 5000)
    #expect(abs(chip.idlePicojoulesPerCycle - 200) < 1e-9)  // 0.1 W / 500 MHz
  }

  @Test("a core has its share of the DRAM and of the idle power, and all of its own units")
  func sharing() throws {
    let one = try edge()
    let two = try edge(["cores=2"])
    #expect(two.peakFlopsPerSecond == 2 * one.peakFlopsPerSecond)
    #expect(two.peakFlopsPerSecondPerCore == one.peakFlopsPerSecondPerCore)
    #expect(two.dramBytesPerCyclePerCore == one.dramBytesPerCyclePerCore / 2)
    #expect(two.dramBytesPerCore == one.dramBytesPerCore / 2)
    #expect(two.idleWattsPerCore == one.idleWattsPerCore / 2)
    #expect(two.ridgeFlopsPerByte == 2 * one.ridgeFlopsPerByte)
  }

  @Test("a time takes whole cycles, rounded up: 100 ns at 500 MHz are 50, a little more is 51")
  func rounding() throws {
    #expect(try edge(["dram.latencyNanoseconds=100"]).dramLatencyCycles == 50)
    #expect(try edge(["dram.latencyNanoseconds=100.01"]).dramLatencyCycles == 51)
    #expect(try edge(["dram.latencyNanoseconds=0"]).dramLatencyCycles == 0)
  }

  @Test("each dataflow lays the two dimensions of its stationary matrix on the array")
  func mappings() {
    let gemm = GEMMShape(m: 2, n: 3, k: 5)
    #expect(
      Dataflow.weightStationary.mapping(of: gemm) == SpatialMapping(rows: 5, columns: 3, steps: 2))
    #expect(
      Dataflow.outputStationary.mapping(of: gemm) == SpatialMapping(rows: 2, columns: 3, steps: 5))
    #expect(
      Dataflow.inputStationary.mapping(of: gemm) == SpatialMapping(rows: 5, columns: 2, steps: 3))
    for dataflow in Dataflow.allCases {
      let mapping = dataflow.mapping(of: gemm)
      #expect(mapping.rows * mapping.columns * mapping.steps == gemm.macs)
    }
  }
}
