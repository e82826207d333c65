import Foundation
import Testing

@testable import SystolicSim

@Suite("Topology files")
struct TopologyFileTests {
  private static let conv =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
    + "Strides,\n"

  private func parse(_ text: String) throws(WorkloadError) -> [Workload.Layer] {
    try TopologyFile.parse(text, file: "t.csv", name: "t").layers
  }

  @Test("products: M, N, K in this order, with or without a comma at the end")
  func products() throws {
    let layers = try parse("Layer, M, N, K,\r\nfc1, 2, 3, 4,\r\n\r\nfc2,5,6,7\n fc3 ,8,9,10,1:1,")
    #expect(layers.map(\.name) == ["fc1", "fc2", "fc3"])
    #expect(layers[0].shape == .gemm(GEMMShape(m: 2, n: 3, k: 4)))
    #expect(layers[1].shape == .gemm(GEMMShape(m: 5, n: 6, k: 7)))
    #expect(layers[2].shape == .gemm(GEMMShape(m: 8, n: 9, k: 10)))
  }

  @Test("convolutions: a partial stride is rounded up, DP is depthwise, a stride each way")
  func convolutions() throws {
    let layers = try parse(
      Self.conv + "c1, 224, 224, 7, 7, 3, 64, 2,\nDP2, 10, 12, 3, 3, 8, 1, 1,\nc3,9,9,3,3,1,1,1,2,")
    guard case .convolution(let first) = layers[0].shape,
      case .convolution(let depthwise) = layers[1].shape,
      case .convolution(let strides) = layers[2].shape
    else {
      Issue.record("not convolutions: \(layers)")
      return
    }
    // (224 - 7 + 2) / 2 = 109.5
    #expect(first.groupGEMM == GEMMShape(m: 110 * 110, n: 64, k: 147))
    #expect(depthwise.groups == 8)
    #expect(depthwise.groupGEMM == GEMMShape(m: 8 * 10, n: 1, k: 9))
    #expect((strides.outputHeight, strides.outputWidth) == (7, 4))
  }

  @Test(
    "each mistake is named with file and line",
    arguments: [
      ("", "t.csv: is empty. Expected a header row and a layer a row."),
      ("Layer, M, N, K,\n", "t.csv: has a header but no layers. Expected a layer a row."),
      (
        "a, 1, 2, 3,\n",
        "t.csv:1: the first row must be a header, which SCALE-Sim skips; found the numbers of a "
          + "layer. Put 'Layer, M, N, K,' or the names of the convolution's columns before it."
      ),
      (
        "Layer, M, K, N,\na, 1, 2, 3,\n",
        "t.csv:1: the columns must be in the order M, N, K; found m, k, n. SCALE-Sim reads them by "
          + "place, whatever their names."
      ),
      (
        "Layer, M, N, K,\na, 1, x, 3,\n",
        "t.csv:2: expected a whole number as N; found 'x'."
      ),
      (
        "Layer, M, N, K,\n\na, 1, 2,\n",
        "t.csv:3: expected a name and 3 numbers (M, N, K); found 3 columns."
      ),
      (
        "Layer, M, N, K,\na, 1, 2, 0,\n",
        "t.csv:2: K must be from 1 to 1073741824; found 0."
      ),
      (
        "Layer, M, N, K,\na, 1, 2, 3, 2:4,\n",
        "t.csv:2: expected no sparsity, or 1:1; found '2:4'. Sparse products are not modelled."
      ),
      (
        TopologyFileTests.conv + "c, 2, 9, 3, 3, 1, 1, 1,\n",
        "t.csv:2: a kernel of height 3 does not fit an input of height 2."
      ),
    ])
  func mistakes(text: String, sentence: String) {
    do {
      _ = try parse(text)
      Issue.record("no error for \(text)")
    } catch {
      #expect(error.description == sentence)
    }
  }

  // The paper has 3.8e9 multiply-adds an image.
  @Test("ResNet-50 has 54 layers and 3.86e9 multiply-accumulates")
  func resnet() throws {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let workload = try TopologyFile.read(
      path: root.appending(path: "Configs/Workloads/resnet50.csv").path)
    #expect(workload.layers.count == 54)
    let macs = workload.layers.reduce(0) { sum, layer in
      guard case .convolution(let shape) = layer.shape else { return sum }
      return sum + shape.groups * shape.groupGEMM.macs
    }
    #expect(macs == 3_857_973_248)
  }
}
