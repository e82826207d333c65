import Units
import ConfigFiles
import Testing

@testable import SystolicModel
@testable import SystolicSim

@Suite("Damaged workload files and configurations")
struct TopologyFuzzTests {
  /// Bytes that mean something to the readers, and numbers at the edge of 64 bits.
  private static let pieces = [
    ",", ";", "\t", "\n", "\"", "#", "//", ":", "=", "[", "]", "-1", "0", "1.0", "x", "DP", "é",
    " ",
    "9223372036854775807", "9223372036854775808", "1073741824", "-9223372036854775808", "same",
    "Gemm",
  ]

  private static let samples = [
    "Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Strides,"
      + "Stride Width,Padding,Dilation,Groups,Batch,Repeat,Type,\n"
      + "DP_1,18,17,3,3,8,8,2,1,1,1,8,4,3,Conv,\nq,64,32,32,16,1,1,1,1,,,,2,2,Gemm,\n",
    "Layer,M,N,K,Sparsity,Batch,Repeat\na,8,8,8,1:1,2,3\nb,16,4,4,,,\n",
  ]

  /// The text with a piece put in, or a stretch taken out, at a few places.
  private func damaged(_ text: String, _ random: inout some RandomNumberGenerator) -> String {
    var characters = Array(text)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...characters.count, using: &random)
      if Bool.random(using: &random) {
        let end = min(characters.count, place + Int.random(in: 1...6, using: &random))
        characters.removeSubrange(place..<end)
      } else if let piece = Self.pieces.randomElement(using: &random) {
        characters.insert(contentsOf: piece, at: place)
      }
    }
    return String(characters)
  }

  @Test("whatever is done to a workload file, it is read or gets an error; no size leaves 64 bits")
  func workloads() throws {
    var random = SplitMix64(seed: 1)
    var readCount = 0
    for round in 0..<4000 {
      let text = damaged(Self.samples[round % 2], &random)
      do {
        let workload = try TopologyFile.parse(text, file: "t.csv", name: "t")
        #expect(workload.macs <= 1 << 55)
        #expect(workload.layers.allSatisfy { $0.shape.problem == nil && $0.count > 0 })
        _ = try? workload.batched(by: 1_000_000)
        readCount += 1
      } catch {
        #expect(error.description.hasPrefix("t.csv"), "\(error)")
        #expect(!error.description.contains("\n"))
      }
    }
    #expect(readCount > 400)
  }

  @Test("whatever is done to a configuration of SCALE-Sim, it is imported or gets an error")
  func configurations() throws {
    let library = try repositoryLibrary()
    let text =
      "[general]\nrun_name = x\n[architecture_presets]\nArrayHeight: 12\nArrayWidth: 14\n"
      + "IfmapSramSzkB: 64\nFilterSramSzkB: 64\nDataflow: ws\nBandwidth: 10,20\n[run_presets]\n"
      + "InterfaceBandwidth: USER\n"
    var random = SplitMix64(seed: 2)
    for _ in 0..<100 {
      let damaged = damaged(text, &random)
      do {
        let file = try SectionedFile(text: damaged, file: "a.cfg")
        let imported = try ScaleSimImport(file, library: library)
        let output = try ConfigDocument(text: imported.text(source: "a.cfg"), file: "chip.yaml")
        _ = try Chip(document: output, library: library)
      } catch {
        #expect("\(error)".hasPrefix("a.cfg"), "\(error)\n\(damaged)")
      }
    }
  }
}
