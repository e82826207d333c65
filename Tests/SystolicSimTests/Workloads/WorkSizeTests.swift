import Testing

@testable import SystolicModel
@testable import SystolicSim

@Suite("Sizes that leave 64 bits")
struct WorkSizeTests {
  private static let conv =
    "Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Strides,"

  @Test(
    "any product of sizes that 64 bits do not hold is an error with the line",
    arguments: [
      // 2^25 x 2^25 x 2^13 = 2^63 elements of input, though only 2^10 outputs.
      ("big,33554432,33554432,1,1,8192,1,1048576,", "the input must have at most 2^48 elements"),
      ("big,1073741824,1073741824,1073741824,1073741824,1073741824,1,1,", "K = kernel height x "),
      ("big,1073741824,1073741824,1,1,1,1,1,", "M = batch x output height x "),
      (
        "DP_1,9,9,3,3,1073741824,1073741824,1,",
        "filters must be from 1 to 1073741824; found 115292"
      ),
      (
        "DP_1,9000,9000,3,3,1073741824,1,1,",
        "the layer must have at most 2^55 multiply-accumulates"
      ),
      (
        "c,9223372036854775807,9,3,3,1,1,1,", "IFMAP Height must be from 1 to 1073741824; found 922"
      ),
      (
        "c,92233720368547758070,9,3,3,1,1,1,", "IFMAP Height must be at most 1073741824; found 9223"
      ),
    ])
  func convolution(row: String, words: String) {
    let error = #expect(throws: WorkloadError.self) {
      try TopologyFile.parse(Self.conv + "\n" + row + "\n", file: "t.csv", name: "t")
    }
    #expect(
      error?.description.hasPrefix("t.csv:2: " + words) == true, "\(error?.description ?? "")")
  }

  @Test(
    "padding, batches and repeats count too, and so do sums over layers",
    arguments: [
      (
        WorkSizeTests.conv + "Padding\nc,9,9,3,3,1,1,1,1073741824\n",
        "t.csv:2: input height must be from 1 to 1073741824; found 2147483657."
      ),
      (
        "Layer,M,N,K,Batch\na,1073741824,1,1,1073741824\n",
        "t.csv:2: M x Batch must be at most 1073741824; found 1073741824 x 1073741824."
      ),
      (
        "Layer,M,N,K,Repeat\na,1024,1024,1024,1073741824\n",
        "t.csv:2: with this layer, 1073741824 x 1073741824 multiply-accumulates, the workload has "
          + "more than 2^55."
      ),
      // 2^54 multiply-accumulates each.
      (
        "Layer,M,N,K\na,262144,262144,262144\nb,262144,262144,262144\nc,262144,262144,262144\n",
        "t.csv:4: with this layer, 1 x 18014398509481984 multiply-accumulates, the workload has more "
          + "than 2^55."
      ),
    ])
  func sums(text: String, sentence: String) {
    let error = #expect(throws: WorkloadError.self) {
      try TopologyFile.parse(text, file: "t.csv", name: "t")
    }
    #expect(error?.description == sentence)
  }

  @Test("a batch on top of a file's is checked, with the line")
  func batched() throws {
    let workload = try TopologyFile.parse(
      "Layer,M,N,K\na,1,2,3\nb,1073741824,1,1\n", file: "t.csv", name: "t")
    #expect(try workload.batched(by: 1).layers == workload.layers)
    for (count, place) in [(2, "t.csv:3"), (1 << 40, "t.csv:2"), (.max, "t.csv:2")] {
      let error = #expect(throws: WorkloadError.self) { try workload.batched(by: count) }
      #expect(error?.place == place)
    }
    let one = try TopologyFile.parse("Layer,M,N,K\na,1,2,3\n", file: "t.csv", name: "t")
    #expect(try one.batched(by: 5).layers[0].shape == .gemm(GEMMShape(m: 5, n: 2, k: 3)))
  }

  // 2^30 times some 1e14 cycles.
  @Test("figures of an estimate that leave 64 bits are an error, not a trap")
  func figures() throws {
    let chip = try Chip.load(
      "edge-8x8", overrides: ["clockMegahertz=100000", "dram.latencyNanoseconds=1e9"],
      library: repositoryLibrary())
    let workload = Workload(
      name: "w",
      layers: [Workload.Layer(name: "a", shape: .gemm(GEMMShape(m: 1, n: 1, k: 1)), count: 1 << 30)]
    )
    let error = #expect(throws: WorkloadError.self) {
      try WorkloadEstimator(chip: chip).estimate(workload)
    }
    #expect(error?.reason.contains("leave 64 bits") == true)
  }

  // 1e-6 GB/s at 100 GHz: a byte takes 1e8 cycles.
  @Test("so are cycles of one layer, on a chip whose DRAM hardly moves")
  func slowChip() throws {
    let chip = try Chip.load(
      "edge-8x8",
      overrides: ["clockMegahertz=100000", "dram.bandwidthGigabytesPerSecond=0.000001"],
      library: repositoryLibrary())
    let estimator = try WorkloadEstimator(chip: chip)
    let error = #expect(throws: WorkloadError.self) {
      try estimator.estimate(
        Workload.Layer(name: "a", shape: .gemm(GEMMShape(m: 1 << 18, n: 1 << 15, k: 1 << 18))))
    }
    #expect(error?.reason.contains("may leave 64 bits") == true)
    let small = Workload.Layer(name: "a", shape: .gemm(GEMMShape(m: 8, n: 8, k: 8)))
    #expect(try estimator.estimate(small).totalCycles.count > 0)
  }

  @Test("a first layer that occurs several times is one layer, and the launch is in the total")
  func firstLayer() throws {
    let chip = try Chip.load("edge-8x8", library: repositoryLibrary())
    let layer = Workload.Layer(name: "a", shape: .gemm(GEMMShape(m: 8, n: 8, k: 8)), count: 3)
    let several = try WorkloadEstimator(chip: chip)
      .estimate(Workload(name: "w", layers: [layer]))
    #expect(several.layers.map(\.count) == [3])
    let once = several.layers[0].totalCycles.count
    // 10 us at 500 MHz.
    #expect(several.total.totalCycles.count == 3 * once + 5000)
  }
}
