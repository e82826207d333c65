import ConfigFiles
import GraphIR
import Oracles
import Testing
import Units

@testable import SystolicCompiler
@testable import SystolicModel

@Suite("Banks of on-chip memory")
struct BankTests {
  private func access(_ random: inout SplitMix64) -> BankAccess {
    BankAccess(
      pieces: Int.random(in: 1...40, using: &random), words: Int.random(in: 1...9, using: &random),
      stride: Int.random(in: 0...70, using: &random))
  }

  @Test("a vector access takes the cycles of stepping its banks", arguments: 0..<40)
  func equalsStepping(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    for _ in 0..<40 {
      let banks = [1, 2, 3, 4, 6, 8, 16, 17, 32].randomElement(using: &random) ?? 1
      let ports = Int.random(in: 1...3, using: &random)
      for interleaving in Interleaving.allCases {
        let map = BankMap(banks: banks, interleaving: interleaving)
        let shape = access(&random)
        // Where the access starts matters only to skewed banks.
        let start = interleaving == .plain ? Int.random(in: 0...100, using: &random) : 0
        let golden = GoldenBanks(map: map, ports: ports)
        let stepped = golden.cycles([[.init(start: start, shape: shape)]])[0]
        #expect(
          map.heaviestLoad(of: shape).dividedRoundingUp(by: ports) == stepped,
          "\(map) \(shape) \(ports)")
      }
    }
  }

  @Test("a stride of s words meets banks / gcd(s, banks) of them")
  func strides() {
    let map = BankMap(banks: 32, interleaving: .plain)
    for (stride, banks) in [(1, 32), (2, 16), (3, 32), (8, 4), (12, 8), (32, 1), (64, 1), (33, 32)]
    {
      #expect(map.distinctBanks(stride: stride) == banks)
      #expect(Set((0..<32).map { map.bank(of: $0 * stride) }).count == banks)
      let column = BankAccess(pieces: 32, words: 1, stride: stride)
      if stride > 1 { #expect(map.heaviestLoad(of: column) == 32 / banks) }
    }
    // Skewed: a column of a matrix whose rows are whole rounds of banks meets each bank once.
    let skewed = BankMap(banks: 32, interleaving: .skewed)
    #expect(skewed.heaviestLoad(of: BankAccess(pieces: 32, words: 1, stride: 32)) == 1)
  }

  @Test(
    "readers at once: not before the ports have moved all words, not after one waited for the other",
    arguments: 0..<30)
  func mixes(seed: Int) {
    var random = SplitMix64(seed: UInt64(100 + seed))
    let map = BankMap(
      banks: [2, 4, 8, 12, 32][seed % 5], interleaving: Interleaving.allCases[seed % 2])
    let golden = GoldenBanks(map: map, ports: 1 + seed % 2)
    for _ in 0..<10 {
      let readers = (0..<Int.random(in: 2...3, using: &random)).map { _ in
        (0..<Int.random(in: 1...30, using: &random)).map { _ in
          GoldenBanks.Access(
            start: Int.random(in: 0...200, using: &random), shape: access(&random))
        }
      }
      let alone = readers.map { golden.cycles([$0])[0] }
      let together = golden.cycles(readers).max() ?? 0
      let words = readers.reduce(0) { $0 + $1.reduce(0) { $0 + $1.shape.count } }
      #expect(together >= words.dividedRoundingUp(by: map.banks * golden.ports))
      #expect(together >= alone.max() ?? 0)
      #expect(together <= alone.reduce(0, +))
    }
  }

  @Test("streams of consecutive bytes share the ports and lose next to nothing", arguments: 1...3)
  func streams(readers: Int) {
    let golden = GoldenBanks(map: BankMap(banks: 16, interleaving: .plain), ports: 1)
    // Each reader reads 200 vectors of 4 words: 800 of the 16 words a cycle.
    let streams = (0..<readers).map { reader in
      (0..<200).map { vector in
        GoldenBanks.Access(
          start: 1000 * reader + 4 * vector, shape: BankAccess(pieces: 1, words: 4, stride: 4))
      }
    }
    // One vector a cycle each; the ports have room for four readers.
    #expect((golden.cycles(streams).max() ?? 0) <= 200 + readers)
  }

  @Test("a transpose writes its result in the cycles of stepping every register's write")
  func transpose() throws {
    let architecture = try Chip.load("tpu-v3", library: repositoryLibrary()).architecture
    let (vmem, vpu) = (architecture.vmem, architecture.vpu)
    let golden = GoldenBanks(map: vmem.bankMap, ports: vmem.writePortsPerBank)
    // Rows of the result: 32 words (all in the same banks), 12 and 36.
    for (rows, columns) in [(1024, 64), (384, 64), (1152, 16)] {
      var b = GraphBuilder(name: "transpose")
      let x = b.parameter("x", TensorType([rows, columns], .f32))
      b.result("y", try b.transpose(x, permutation: [1, 0]))
      let graph = try b.build()
      let value = try #require(graph.results.first).value
      let work = graph.vectorWork(of: value, vpu: vpu)
      var writes: [GoldenBanks.Access] = []
      for column in stride(from: 0, to: columns, by: vpu.sublanes) {
        for row in stride(from: 0, to: rows, by: vpu.lanes) {
          let words = (vpu.lanes * 4).dividedRoundingUp(by: vmem.bankWidthBytes)
          let pitch = rows * 4 / vmem.bankWidthBytes
          writes.append(
            .init(
              start: column * pitch + row * 4 / vmem.bankWidthBytes,
              shape: BankAccess(pieces: vpu.sublanes, words: words, stride: pitch)))
        }
      }
      #expect(work.scatterCycles(vmem: vmem) == golden.cycles([writes])[0], "\(rows)")
    }
  }

  @Test("banks that cannot have the bandwidth stated are an error")
  func validation() throws {
    func message(_ overrides: [String]) throws -> String {
      do {
        _ = try Chip.load("tpu-v3", overrides: overrides, library: repositoryLibrary())
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      try message(["vmem.banks=16"]).hasSuffix(
        "'vmem.readBytesPerCycle' is 4096, but 16 banks of 128 bytes with 1 read port each move at "
          + "most 2048 bytes a cycle. Lower it, or raise vmem.banks, vmem.bankWidthBytes or "
          + "vmem.readPortsPerBank."))
    #expect(
      try message(["vmem.banks=16", "vmem.readPortsPerBank=2"]).contains(
        "'vmem.writeBytesPerCycle' is 4096, but 16 banks of 128 bytes with 1 write port each"))
    #expect(
      try message(["vmem.banks=16", "vmem.readPortsPerBank=2", "vmem.writePortsPerBank=2"]).isEmpty)
    #expect(try message(["vmem.banks=0"]).contains("'vmem.banks' must be from 1 to 65536; found 0"))
    #expect(try message(["vmem.interleaving=hashed"]).contains("vmem.interleaving"))
  }
}
