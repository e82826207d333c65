import ConfigFiles
import Foundation
import SystolicModel
import Testing

@Suite("Files under Configs")
struct ChipFileTests {
  /// Published bf16 peaks of a chip, in TFLOP/s, and the tolerance that the figure's source allows.
  ///
  /// Google's public documentation; v2 and v6e: `jax/_src/tpu_info.py` and Google's documentation.
  /// v1: 92 int8 TOPS (ISCA 2017), which this file takes as bf16.
  static let peaks: [(String, Double)] = [
    ("tpu-v1", 92), ("tpu-v1-like", 92), ("tpu-v2", 46), ("tpu-v3", 123), ("tpu-v4", 275),
    ("tpu-v4i", 138), ("tpu-v5e", 197), ("tpu-v6e", 918),
  ]

  @Test("every chip decodes, is possible, and has all the energy figures it needs")
  func chips() throws {
    let library = try repositoryLibrary()
    let names = library.names(of: "Chips")
    #expect(
      names == [
        "edge-8x8", "scalesim", "tpu-v1", "tpu-v1-like", "tpu-v2", "tpu-v3", "tpu-v4", "tpu-v4i",
        "tpu-v5e", "tpu-v6e",
      ])
    for name in names {
      #expect(try Chip.load(name, library: library).architecture.name == name)
    }
  }

  @Test("every energy table decodes, and is named as its file")
  func tables() throws {
    let library = try repositoryLibrary()
    let names = library.names(of: "Energy")
    #expect(names == ["horowitz-45nm", "interpolated-28nm", "ten-lessons-7nm"])
    for name in names {
      let table = try library.document(name, kind: "Energy").decode(EnergyTable.self)
      #expect(table.name == name)
    }
  }

  @Test("figures of the 28 nm table lie between those of 45 and 7 nm, straight in logarithms")
  func interpolated() throws {
    let library = try repositoryLibrary()
    func figures(_ name: String) throws -> [Double] {
      let table = try library.document(name, kind: "Energy").decode(EnergyTable.self)
      let (mac, vector) = (table.macPicojoules, table.vectorPicojoules)
      let ranges =
        [mac.int8, mac.bf16, mac.fp16, mac.fp32, vector.compare, vector.add, vector.multiply]
        + [vector.divide, vector.transcendental, table.arrayHopPicojoulesPerByte]
        + [table.vmemPicojoulesPerByte, table.accumulatorPicojoulesPerByte].flatMap {
          [$0.read, $0.write]
        }
      return ranges.flatMap { [$0.typical, $0.low, $0.high] }
    }
    let share = log(45.0 / 28) / log(45.0 / 7)
    let (old, new) = (try figures("horowitz-45nm"), try figures("ten-lessons-7nm"))
    for (figure, ends) in zip(try figures("interpolated-28nm"), zip(old, new)) {
      let expected = pow(ends.0, 1 - share) * pow(ends.1, share)
      // Three digits: half a unit of the third is 0.5 % at most.
      #expect(abs(figure / expected - 1) <= 0.005, "\(figure) for \(ends)")
    }
  }

  @Test("every kind of DRAM decodes, and is named as its file")
  func standards() throws {
    let library = try repositoryLibrary()
    let names = library.names(of: "DRAM")
    #expect(names == dramNames)
    for name in names {
      #expect(try library.document(name, kind: "DRAM").decode(DRAMStandard.self).name == name)
    }
  }

  @Test("each number under Configs has its source on its line")
  func sources() throws {
    let library = try repositoryLibrary()
    for kind in ["Chips", "DRAM", "Energy", "Area"] {
      for name in library.names(of: kind) {
        let text = try library.document(name, kind: kind).text
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
          let isFigure =
            line.contains(": ") && !["name", "desc", "proc", "exte"].contains(line.prefix(4))
          if isFigure { #expect(line.contains("  # "), "\(name): \(line)") }
        }
      }
    }
  }

  @Test("arrays x clock gives the published peak within 1 %", arguments: peaks)
  func peak(name: String, published: Double) throws {
    let chip = try Chip.load(name, library: repositoryLibrary()).architecture
    let teraflops = chip.peakFlopsPerSecond / 1e12
    #expect(abs(teraflops / published - 1) < 0.01, "\(teraflops)")
  }

  @Test("an override is taken where it is possible, and refused with its key where it is not")
  func override() throws {
    let library = try repositoryLibrary()
    let small = try Chip.load("tpu-v3", overrides: ["mxu.rows=64"], library: library)
    #expect(small.architecture.mxu.rows == 64)
    #expect(
      message(["mxu.rows=0"])
        == "--set mxu.rows=0: 'mxu.rows' must be from 1 to 65536; found 0.")
    #expect(
      message(["vmem.capacityMebibytes=0.3"])
        == "--set vmem.capacityMebibytes=0.3: 'vmem.capacityMebibytes' must be a whole number of "
        + "bytes; found 314572.8 bytes.")
    #expect(
      message(["mxu.columns=65536", "vmem.capacityMebibytes=0.125"])
        == "--set vmem.capacityMebibytes=0.125: 'vmem.capacityMebibytes' must hold two bf16 rows of "
        + "65536 columns, 262144 bytes; found 131072 bytes.")
  }

  @Test("a kind of DRAM without an energy figure is an error, not zero")
  func missingDRAM() throws {
    #expect(
      message(["dram.kind=HBM9"])
        == "--set dram.kind=HBM9: 'dram.kind' is 'HBM9', for which the energy table "
        + "'ten-lessons-7nm' has no figure under 'dramPicojoulesPerBit'. "
        + "Use one of: DDR3, DDR4, DDR5, GDDR5, GDDR6, HBM2, HBM3, HBM3E, LPDDR4, LPDDR5; or add the "
        + "figure.")
  }

  @Test("what cannot be true of a banked DRAM is an error at its key")
  func banked() throws {
    #expect(message(["dram.model=banked"]).hasPrefix("no error"))
    #expect(
      message(["dram.banked.standard=HBM4"])
        == "--set dram.banked.standard=HBM4: 'dram.banked.standard' cannot be 'HBM4'. "
        + "Use one of: HBM2, HBM3, HBM2E, HBM3E, DDR4, DDR3, DDR5, GDDR6, LPDDR4, LPDDR5.")
    #expect(
      message(["dram.model=banked", "dram.bandwidthGigabytesPerSecond=9000"])
        == "--set dram.bandwidthGigabytesPerSecond=9000: 'dram.bandwidthGigabytesPerSecond' would "
        + "need 4 stacks of HBM2 at 8789.0625 MHz; its timings are for 1000.0 MHz, and hold from a "
        + "quarter of that to twice it. Change dram.banked.stacks or dram.banked.standard.")
    #expect(
      message(["dram.model=banked", "dram.banked.stacks=3", "cores=5"])
        == "--set dram.banked.stacks=3: 'dram.banked.stacks' gives 48 channels of HBM2, which 5 "
        + "cores cannot share evenly.")
    #expect(
      message(["dram.banked.queueDepth=0"])
        == "--set dram.banked.queueDepth=0: 'dram.banked.queueDepth' must be from 1 to 1024; "
        + "found 0.")
  }

  @Test("a kind that contradicts the standard is an error at its line, whichever model is chosen")
  func contradiction() throws {
    #expect(
      message(["dram.banked.standard=DDR5"]).hasSuffix(
        "Configs/Chips/tpu-v3.yaml:44: 'dram.kind' is 'HBM2', but 'dram.banked.standard' is DDR5, "
          + "which is of kind 'DDR5'. Change one of the two."))
    #expect(
      message(["dram.kind=DDR4", "dram.model=banked"])
        == "--set dram.kind=DDR4: 'dram.kind' is 'DDR4', but 'dram.banked.standard' is HBM2, which is "
        + "of kind 'HBM2'. Change one of the two.")
    // HBM2E is HBM2 at a higher rate.
    #expect(message(["dram.banked.standard=HBM2E"]).hasPrefix("no error"))
    #expect(message(["dram.banked=null", "dram.kind=DDR4"]).hasPrefix("no error"))
  }

  @Test("every standard's kind has an energy in every table")
  func kinds() throws {
    let library = try repositoryLibrary()
    let kinds = try library.names(of: "DRAM").map {
      try library.document($0, kind: "DRAM").decode(DRAMStandard.self).kind
    }
    for name in library.names(of: "Energy") {
      let table = try library.document(name, kind: "Energy").decode(EnergyTable.self)
      for kind in kinds {
        #expect(table.dramPicojoulesPerBit(kind: kind) != nil, "\(name) \(kind)")
      }
    }
  }

  @Test("an unknown energy table is an error at the chip's line, with the nearest name first")
  func missingTable() throws {
    #expect(
      message(["energy.table=ten-lessons-5nm"])
        == "--set energy.table=ten-lessons-5nm: 'energy.table' cannot be 'ten-lessons-5nm'. "
        + "Use one of: ten-lessons-7nm, horowitz-45nm, interpolated-28nm.")
    #expect(
      message(["energy.table=./none.yaml"])
        == "--set energy.table=./none.yaml: 'energy.table' is './none.yaml', "
        + "and no such file is there.")
  }

  private func message(_ overrides: [String]) -> String {
    do {
      let library = try repositoryLibrary()
      return "no error: \(try Chip.load("tpu-v3", overrides: overrides, library: library))"
    } catch {
      return "\(error)"
    }
  }
}

@Suite("Energy tables")
struct EnergyTableTests {
  private func message(_ overrides: [String]) throws -> String {
    let library = try repositoryLibrary()
    do {
      let table = try library.document("horowitz-45nm", kind: "Energy")
        .applying(overrides: overrides).decode(EnergyTable.self)
      return "no error: \(table)"
    } catch {
      return "\(error)"
    }
  }

  @Test("a range must hold its figure, and no figure may be zero")
  func ranges() throws {
    #expect(
      try message(["macPicojoules.bf16.typical=0"])
        == "--set macPicojoules.bf16.typical=0: 'macPicojoules.bf16.typical' "
        + "must be above 0; found 0.0.")
    #expect(
      try message(["dramPicojoulesPerBit.HBM2.low=6"])
        == "--set dramPicojoulesPerBit.HBM2.low=6: 'dramPicojoulesPerBit.HBM2.low' "
        + "must be above 0 and at most typical, 5.5; found 6.0.")
    #expect(
      try message(["hostLinkPicojoulesPerBit.high=5"])
        == "--set hostLinkPicojoulesPerBit.high=5: 'hostLinkPicojoulesPerBit.high' "
        + "must be at least typical, 6.0; found 5.0.")
  }

  @Test("a kind of DRAM may be added without code; a MAC type may not")
  func additions() throws {
    #expect(
      try message(["dramPicojoulesPerBit.HBM9={typical: 1, low: 1, high: 1}"])
        .hasPrefix("no error"))
    #expect(
      try message(["macPicojoules.bf18={typical: 1, low: 1, high: 1}"])
        == "--set macPicojoules.bf18={typical: 1, low: 1, high: 1}: "
        + "unknown key 'macPicojoules.bf18'. Did you mean 'macPicojoules.bf16'?")
  }
}
