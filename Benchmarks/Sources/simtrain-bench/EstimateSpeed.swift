internal import ConfigFiles
internal import GraphIR
internal import SystolicCompiler
internal import SystolicModel
internal import SystolicSim

/// Part 5: how fast workloads are estimated, on one thread.
struct EstimateSpeed {
  let library: ConfigLibrary
  /// `Configs/Workloads`.
  let workloads: String
  let rounds: Int
  let thresholds: Thresholds

  func measure(into report: inout Report) throws {
    report.heading("Estimating workloads (simtrain estimate, one thread)")
    var rows: [[String]] = []
    for name in ["tpu-v3", "tpu-v6e"] {
      let chip = try Chip.load(name, library: library)
      let small = try time(chip, Self.smallProducts).mapped { Double(Self.smallCount) / $0 }
      rows.append(
        row(
          "\(Self.smallCount) distinct products up to 512^3, \(name), a second", small,
          ">= \(thresholds.estimatesPerSecond.fixed(0))",
          isMet: small.median >= thresholds.estimatesPerSecond))
    }
    for name in ["tpu-v3", "tpu-v6e"] {
      let graphs = try timeGraphs(SystolicCompiler(chip: try Chip.load(name, library: library)))
        .mapped { Double(Self.graphCount) / $0 }
      rows.append(
        row(
          "\(Self.graphCount) of them, each compiled as a graph of its own, \(name), a second",
          graphs, ">= \(thresholds.graphsPerSecond.fixed(0))",
          isMet: graphs.median >= thresholds.graphsPerSecond))
    }
    let v3 = try Chip.load("tpu-v3", overrides: ["mxu.count=1"], library: library)
    let cube = Workload(
      name: "8192^3",
      layers: [.init(name: "8192^3", shape: .gemm(GEMMShape(m: 8192, n: 8192, k: 8192)))])
    let large = try time(v3, cube).mapped { 1e3 * $0 }
    rows.append(
      row(
        "8192^3 on one 128 x 128 array, ms", large,
        "< \(thresholds.largeProductMilliseconds.fixed(0))",
        isMet: large.median < thresholds.largeProductMilliseconds))
    let resnet = try TopologyFile.read(path: "\(workloads)/resnet50.csv")
    for batch in [1, 256] {
      let network = try time(v3, resnet.batched(by: batch)).mapped { 1e3 * $0 }
      rows.append(
        row(
          "ResNet-50, batch \(batch), one 128 x 128 array, ms", network,
          "< \(thresholds.networkMilliseconds.fixed(0))",
          isMet: network.median < thresholds.networkMilliseconds))
    }
    report.table(["", "median", "least", "greatest", "expected", "verdict"], rows)
  }

  private func row(
    _ title: String, _ times: Measurement, _ expected: String, isMet: Bool
  ) -> [String] {
    [
      title, times.median.fixed(1), times.least.fixed(1), times.greatest.fixed(1), expected,
      verdict(isMet),
    ]
  }

  /// Seconds for a workload.
  private func time(_ chip: Chip, _ workload: Workload) throws -> Measurement {
    let estimator = try WorkloadEstimator(chip: chip)
    var times = Measurement()
    for _ in 0..<rounds {
      let clock = ContinuousClock()
      let begin = clock.now
      let estimate = try estimator.estimate(workload)
      times.add(begin.duration(to: clock.now) / .seconds(1))
      // Used after the clock stopped, so that nothing of it can be left out.
      if estimate.total.totalCycles.count == 0 {
        throw BenchmarkError.cannotMeasure("The estimate of '\(workload.name)' is empty.")
      }
    }
    return times
  }

  /// Seconds to build and compile the graphs of the first products, without the host's kernels.
  private func timeGraphs(_ compiler: SystolicCompiler) throws -> Measurement {
    var times = Measurement()
    for _ in 0..<rounds {
      let clock = ContinuousClock()
      let begin = clock.now
      var cycles = 0
      for layer in Self.smallProducts.layers.prefix(Self.graphCount) {
        guard case .gemm(let gemm) = layer.shape else { continue }
        var builder = GraphBuilder(name: layer.name)
        let lhs = builder.parameter("lhs", TensorType([gemm.m, gemm.k], .bf16))
        let rhs = builder.parameter("rhs", TensorType([gemm.k, gemm.n], .bf16))
        builder.result("product", try builder.dotGeneral(lhs, rhs))
        cycles += try compiler.compile(builder.build()).cost.cold.cycles.count
      }
      times.add(begin.duration(to: clock.now) / .seconds(1))
      if cycles == 0 { throw BenchmarkError.cannotMeasure("The compiled products are empty.") }
    }
    return times
  }

  private static let smallCount = 10_000
  private static let graphCount = 1000

  /// Distinct products, so that none is remembered from another.
  private static let smallProducts = Workload(
    name: "small",
    layers: (0..<smallCount).map { index in
      // A stride that is prime to 512^3 = 2^27 reaches every shape once.
      let place = (index * 60_000_011) & (1 << 27 - 1)
      let gemm = GEMMShape(
        m: place & 511 + 1, n: place >> 9 & 511 + 1, k: place >> 18 & 511 + 1)
      return .init(name: "\(index)", shape: .gemm(gemm))
    }, isOneProgram: false)
}
