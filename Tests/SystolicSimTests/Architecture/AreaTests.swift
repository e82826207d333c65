import ConfigFiles
import Foundation
import SystolicModel
import Testing

@Suite("Area of a die")
struct AreaTests {
  private static func area(
    _ chip: String, _ overrides: String...
  ) throws -> AreaBreakdown {
    try #require(
      try Chip.load(chip, overrides: overrides, library: repositoryLibrary()).area)
  }

  // By hand from Configs/Area: 2 cores x 4 arrays of 128 x 128 elements of 854 um2; 2048 ALUs a core of
  // 1469 + 1948 um2; 32 MiB of VMEM, 128 of CMEM, 16 of accumulators at 0.875; four stacks of 10.45 +
  // 6.06; six links of 1.888 + 0.818; 16 lanes of 0.48 + 0.043; and 48.3 % of it all.
  @Test("TPU v4's is the sum that its file and the table make by hand")
  func byHand() throws {
    let parts: [(name: String, mm2: Double)] = [
      ("mxu", 131_072 * 854e-6), ("vpu", 4096 * (1469 + 1948) * 1e-6),
      ("accumulators", 16 * 0.875), ("vmem", 32 * 0.875), ("cmem", 128 * 0.875),
      ("dramPHY", 4 * 10.45), ("dramController", 4 * 6.06), ("chipLinkPHY", 6 * 1.888),
      ("chipLinkController", 6 * 0.818), ("hostLink", 16 * (0.48 + 0.043)),
    ]
    let area = try Self.area("tpu-v4")
    #expect(area.parts.map(\.name) == parts.map(\.name) + ["rest"])
    for (name, expected) in parts {
      #expect(abs(try #require(area[name]).typical - expected) < 1e-9, "\(name)")
    }
    let sum = parts.reduce(0) { $0 + $1.mm2 }
    #expect(abs(area.squareMillimetres.typical - 1.483 * sum) < 1e-9)
  }

  @Test("logic and memory scale with their own densities, PHYs not at all")
  func process() throws {
    let (small, large) = (
      try Self.area("tpu-v4"), try Self.area("tpu-v4", "area.process=16nm")
    )
    func ratio(_ name: String) throws -> Double {
      try #require(large[name]).typical / #require(small[name]).typical
    }
    #expect(abs(try ratio("mxu") - 91.2 / 28.9) < 1e-9)
    #expect(abs(try ratio("cmem") - 0.074 / 0.027) < 1e-9)
    #expect(try ratio("dramPHY") == 1)
  }

  @Test(
    "more of anything is never smaller",
    arguments: [
      "mxu.rows=256", "mxu.columns=129", "mxu.count=3", "vpu.sublanes=16",
      "mxu.accumulatorKibibytes=4096", "vmem.capacityMebibytes=17", "cores=4",
      "dram.banked.stacks=5", "dram.bandwidthGigabytesPerSecond=1300", "area.chipLinks=5",
      "area.hostLanes=17",
    ])
  func monotone(override: String) throws {
    let (before, after) = (try Self.area("tpu-v3"), try Self.area("tpu-v3", override))
    #expect(after.squareMillimetres.typical > before.squareMillimetres.typical)
    #expect(after.squareMillimetres.low <= after.squareMillimetres.typical)
    #expect(after.squareMillimetres.high >= after.squareMillimetres.typical)
  }

  // HBM2 moves at most 307.2 GB/s a stack.
  @Test(
    "bandwidth that the stated stacks carry takes none more; one step above takes one more",
    arguments: [(1228.8, 4), (1228.9, 5)])
  func stacks(bandwidth: Double, count: Int) throws {
    let area = try Self.area("tpu-v3", "dram.bandwidthGigabytesPerSecond=\(bandwidth)")
    #expect(abs(try #require(area["dramPHY"]).typical - Double(count) * 10.45) < 1e-9)
  }

  @Test("a chip whose file says nothing of its area has none")
  func absent() throws {
    #expect(try Chip.load("scalesim", library: repositoryLibrary()).area == nil)
  }

  @Test("a process and a kind of memory without figures are errors that name those with")
  func withoutFigures() throws {
    let library = try repositoryLibrary()
    let process = try #require(throws: ConfigError.self) {
      try Chip.load("tpu-v3", overrides: ["area.process=3nm"], library: library)
    }
    #expect(
      "\(process)".contains(
        "'area.process' is '3nm', for which the table of areas 'published-dies' has no figures under "
          + "'processes'. Use one of: 16nm, 28nm, 45nm, 5nm, 6nm, 7nm; or add the figures"),
      "\(process)")
    let negative = try #require(throws: ConfigError.self) {
      try Chip.load("tpu-v3", overrides: ["area.chipLinks=-1"], library: library)
    }
    #expect("\(negative)".contains("area.chipLinks"), "\(negative)")
  }
}
