import Units
import ConfigFiles
import Foundation
import SystolicModel
import Testing

@testable import SystolicCompiler
@testable import SystolicSim

@Suite("Mappings in files")
struct MappingFileTests {
  private static func estimator(
    _ chip: String, _ mapping: WorkloadMapping? = nil, _ overrides: String...
  ) throws -> WorkloadEstimator {
    var options = EstimateOptions()
    options.mapping = mapping
    return try WorkloadEstimator(
      chip: Chip.load(chip, overrides: overrides, library: repositoryLibrary()), options: options)
  }

  /// Through a file and back.
  private static func reread(_ estimate: WorkloadEstimate) throws -> WorkloadMapping {
    let mapping = WorkloadMapping(layers: estimate.layers.compactMap(\.mapping))
    let path = NSTemporaryDirectory() + "mapping-\(UUID().uuidString).yaml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try mapping.yaml.write(toFile: path, atomically: true, encoding: .utf8)
    let again = try WorkloadMapping(contentsOf: path)
    #expect(again == mapping)
    return again
  }

  private static func layer(_ name: String, _ m: Int, _ k: Int, _ n: Int, count: Int = 1)
    -> Workload.Layer
  {
    Workload.Layer(name: name, shape: .gemm(GEMMShape(m: m, n: n, k: k)), count: count)
  }

  @Test(
    "what is written and taken again costs the same: random products and convolutions",
    arguments: ["tpu-v3", "edge-8x8", "tpu-v4", "tpu-v1"], 0..<4)
  func roundTrip(chip: String, seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    func extent(_ most: Int) -> Int { Int.random(in: 1...most, using: &random) }
    var layers = (0..<4).map { index in
      Self.layer(
        "it's '\(index)': #", extent(700), extent(900), extent(700), count: index == 0 ? 3 : 1)
    }
    let kernel = extent(3)
    layers.append(
      Workload.Layer(
        name: "convolution",
        shape: .convolution(
          ConvolutionShape(
            batch: extent(3), inputHeight: 20 + extent(20), inputWidth: 20 + extent(20),
            kernelHeight: kernel, kernelWidth: kernel, channels: extent(40), filters: extent(80),
            strideHeight: extent(2), strideWidth: 1))))
    let workload = Workload(name: "w", layers: layers)
    let best = try Self.estimator(chip).estimate(workload)
    let pinned = try Self.estimator(chip, Self.reread(best)).estimate(workload)
    for (own, other) in zip(best.layers + [best.total], pinned.layers + [pinned.total]) {
      #expect(own.totalCycles == other.totalCycles && own.traffic == other.traffic, "\(own.name)")
      #expect(own.energy == other.energy && own.mapping == other.mapping)
    }
  }

  @Test("a mapping that breaks a capacity, or is of other layers, is refused in a sentence")
  func refusals() throws {
    let workload = Workload(name: "w", layers: [Self.layer("a", 512, 1024, 1024)])
    let mapping = try Self.reread(Self.estimator("tpu-v3").estimate(workload))
    func sentence(_ layer: Workload.Layer, _ overrides: String...) throws -> String {
      var options = EstimateOptions()
      options.mapping = mapping
      let chip = try Chip.load("tpu-v3", overrides: overrides, library: repositoryLibrary())
      let error = #expect(throws: WorkloadError.self) {
        try WorkloadEstimator(chip: chip, options: options)
          .estimate(Workload(name: "w", layers: [layer]))
      }
      return error.map { "\($0)" } ?? ""
    }
    let own = workload.layers[0]
    #expect(
      try sentence(own, "vmem.capacityMebibytes=0.25").contains(
        "bytes of VMEM for its parts; 262144 are free"))
    #expect(
      try sentence(own, "mxu.accumulatorKibibytes=1").contains("bytes of accumulators for the sums")
    )
    #expect(try sentence(Self.layer("b", 512, 1024, 1024)).hasPrefix("b: the mappings have 'a'"))
    #expect(
      try sentence(Self.layer("a", 512, 1024, 1000)).contains("the layer is 1 x 512 x 1024 x 1000"))
  }

  @Test("descriptions that are of no mapping are refused with the reason")
  func descriptions() throws {
    let chip = try Chip.load("tpu-v3", library: repositoryLibrary())
    let timing = ChipTiming(chip.architecture)
    let problem = LayerProduct(
      product: ProductShape(batch: 1, m: 512, k: 1024, n: 1024), geometry: nil,
      operandType: .bf16, resident: []
    ).problem
    func refusal(_ yaml: String) throws -> String {
      let document = try ConfigDocument(text: yaml, file: "m.yaml")
      let description: MappingDescription = try document.decode()
      let error = #expect(throws: MappingDescription.Refusal.self) {
        try description.mapping(of: problem, timing, vmemBytes: 16 << 20)
      }
      return error?.reason ?? ""
    }
    func yaml(_ tile: String, _ loops: String, _ sums: String = "accumulators") -> String {
      """
      tile: {\(tile)}
      loops: [\(loops)]
      inputs: {stays: false, loadedInLoops: 0}
      weights: {stays: false, loadedInLoops: 1}
      sums: \(sums)
      """
    }
    let tile = "batch: 1, m: 512, n: 256, k: 1024"
    #expect(
      try refusal(yaml("batch: 1, m: 513, n: 256, k: 1024", "n x 4")).contains(
        "m must be from 1 to 512"))
    #expect(
      try refusal(yaml("batch: 1, images: 1, rows: 1, columns: 1, n: 2, k: 2", "")).contains(
        "batch, m, n, k"))
    #expect(try refusal(yaml(tile, "n x 3")).contains("3 turns; with this tile there are 4"))
    #expect(try refusal(yaml(tile, "n by 4")).contains("AXIS x TURNS"))
    #expect(try refusal(yaml(tile, "n x 4", "elsewhere")).contains("'sums' must be"))
    #expect(
      try refusal(yaml("batch: 1, m: 512, n: 256, k: 512", "k x 2, n x 4")).contains(
        "k is innermost"))
  }
}
