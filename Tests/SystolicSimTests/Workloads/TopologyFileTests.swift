import Foundation
import Testing

@testable import SystolicModel
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

  @Test("a partial stride is rounded up, and the layer says so")
  func rounding() throws {
    let layers = try parse(
      Self.conv + "c1, 224, 224, 7, 7, 3, 64, 2,\nc2, 225, 225, 7, 7, 3, 64, 2,")
    // (224 - 7 + 2) / 2 = 109.5; PyTorch has 109.
    #expect(try layers[0].convolution.groupGEMM == GEMMShape(m: 110 * 110, n: 64, k: 147))
    #expect(
      layers[0].notes == [
        "the stride does not divide: its output is rounded up to 110 x 110, as SCALE-Sim does; "
          + "PyTorch rounds down to 109 x 109"
      ])
    #expect(try layers[1].convolution.groupGEMM.m == 110 * 110)
    #expect(layers[1].notes == [])
  }

  @Test("blank lines, titles, comments, remarks and text after the last comma count for nothing")
  func rest() throws {
    let workload = try TopologyFile.parse(
      "# a network\n// of mine\n" + Self.conv
        + "\n,,,,,,,,\nAlphaGoZero,\nc1,17,17,3,3,8,8,2,#first\nc2,17,17,3,3,8,8,2,first\n"
        + "conv#3,17,17,3,3,8,8,2 # and, so on\nc4, 17, 17, 3, 3, 8, 8, 2, 2\n",
      file: "t.csv", name: "t")
    #expect(workload.layers.map(\.name) == ["c1", "c2", "conv#3", "c4"])
    // (17 - 3 + 2) / 2 = 8
    for layer in workload.layers {
      #expect(try layer.convolution.groupGEMM == GEMMShape(m: 64, n: 8, k: 72))
    }
    #expect(workload.layers.map(\.place) == ["t.csv:7", "t.csv:8", "t.csv:9", "t.csv:10"])
    #expect(
      workload.notes == [
        "lines that are titles, not layers: 'AlphaGoZero'",
        "text after the last comma, not read: 'first', '2'",
      ])
  }

  @Test(
    "commas, tabs and semicolons separate; cells may be quoted; an index column is none",
    arguments: [
      "Layer\tM\tN\tK\t\na b\t2\t3\t4\t\n", "Layer;M;N;K\na b;2;3;4",
      "\"Layer\",\"M\",\"N\",\"K\"\n\"a b\",\"2\",3,4\n", ",Layer,M,N,K\n0,a b,2.0,3.0,4.0\n",
      "# Layer, M, N, K\na b, 2, 3, 4,\n", "Layer,M,N,K\nLayer,M,N,K\na b,2,3,4,1:1,",
    ])
  func separators(text: String) throws {
    let layers = try parse(text)
    #expect(layers.map(\.name) == ["a b"])
    #expect(layers.first?.shape == .gemm(GEMMShape(m: 2, n: 3, k: 4)))
  }

  @Test("a file may change its form below another header")
  func twoHeaders() throws {
    let layers = try parse(
      "Layer, M, N, K,\na, 1, 2, 3,\n" + Self.conv + "c, 9, 9, 3, 3, 1, 1, 1,\n")
    #expect(layers[0].shape == .gemm(GEMMShape(m: 1, n: 2, k: 3)))
    #expect(try layers[1].convolution.groupGEMM == GEMMShape(m: 49, n: 1, k: 9))
  }

  @Test("a file in UTF-16, as spreadsheets write it, is read; what is no text is not")
  func encodings() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "net.csv")
    try "Layer\tM\tN\tK\na\t1\t2\t3\n".write(to: file, atomically: true, encoding: .utf16)
    let workload = try TopologyFile.read(path: file.path)
    #expect(workload.name == "net" && workload.layers.map(\.name) == ["a"])
    try Data([0xC3, 0x28, 0x00]).write(to: file)
    #expect(throws: WorkloadError.self) { try TopologyFile.read(path: file.path) }
  }

  private static let mistakes: [(text: String, sentence: String)] = [
    ("", "t.csv: is empty. Expected a header row and a layer a row."),
    ("Layer, M, N, K,\n", "t.csv: has a header but no layers. Expected a layer a row."),
    (
      "a, 1, 2, 3,\n",
      "t.csv:1: the first row must be a header, which SCALE-Sim skips; found the numbers of a "
        + "layer. Put 'Layer, M, N, K,' or the names of the convolution's columns before it."
    ),
    (
      "Layer, M, N, Depth,\na, 1, 2, 3,\n",
      "t.csv:1: the header lacks K; not known here: Depth. Docs/workloads.md lists the titles."
    ),
    (
      TopologyFileTests.conv.replacing("Num Filter", with: "Num Filtr") + "c,9,9,3,3,1,1,1,\n",
      "t.csv:1: the header lacks Num Filter; not known here: Num Filtr. Did you mean 'Num Filter' "
        + "by 'Num Filtr'?"
    ),
    (
      "Layer, M, N, K, M,\na, 1, 2, 3, 4,\n",
      "t.csv:1: the columns 'M' and 'M' both mean M. Keep one."
    ),
    (
      TopologyFileTests.conv.replacing("Strides", with: "Stride Width") + "c,9,9,3,3,1,1,1,\n",
      "t.csv:1: the header must have a column Strides, or Stride Height and Stride Width; found "
        + "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
        + "Stride Width."
    ),
    (
      "layers of mine\na 1 2 3\n",
      "t.csv:2: found 1 column. Separate the columns by commas, tabs or semicolons."
    ),
    (
      "Layer, M, N, K,\na;1;2;3\n",
      "t.csv:2: expected a name and 3 numbers (M, N, K); found 1 column, separated unlike those of "
        + "the header."
    ),
    (
      TopologyFileTests.conv + "c, 9, 9, 3, 3, 1, 1, 1, 2,\n",
      "t.csv:2: column 9 has no title and holds 2. Give it one (Stride Width, Batch, Padding, ...), "
        + "or delete it."
    ),
    (
      "Layer, M, N, K, Foo,\na, 1, 2, 3, 7,\n",
      "t.csv:2: the column 'Foo' is not known for a product and holds 7. Rename it as "
        + "Docs/workloads.md says, or delete it."
    ),
    (
      "Layer, M, N, K, Groups,\na, 1, 2, 3, 4,\n",
      "t.csv:2: the column 'Groups' is not known for a product and holds 4. Rename it as "
        + "Docs/workloads.md says, or delete it."
    ),
    (
      TopologyFileTests.conv.replacing("\n", with: "Window,\n") + "c, 9, 9, 3, 3, 1, 1, 1, 3x3,\n",
      "t.csv:2: the column 'Window' is not known for a convolution and holds 3x3. Rename it as "
        + "Docs/workloads.md says, or delete it."
    ),
    (
      TopologyFileTests.conv + "FC, 1, 1, 1, , 2, 2, 1,\n",
      "t.csv:2: expected a whole number as Filter Width; found nothing."
    ),
    (
      "[general]\nrun_name = x\n",
      "t.csv: is a configuration of SCALE-Sim, an architecture. Convert it with 'simtrain config "
        + "import', and give it as --config."
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
      "t.csv:2: expected no sparsity, or N:N such as 1:1; found '2:4'. Sparse products are not "
        + "modelled."
    ),
    (
      "Layer, M, N, K,\na, 1, 2, 3, 2:4\n",
      "t.csv:2: expected no sparsity, or N:N such as 1:1; found '2:4'. Sparse products are not "
        + "modelled."
    ),
    (
      TopologyFileTests.conv + "c, 2, 9, 3, 3, 1, 1, 1,\n",
      "t.csv:2: a kernel of height 3 does not fit an input of height 2."
    ),
  ]

  @Test("each mistake is named with file and line", arguments: TopologyFileTests.mistakes)
  func mistake(text: String, sentence: String) {
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
    #expect(workload.macs == 3_857_973_248)
    #expect(workload.layers.allSatisfy { $0.notes.isEmpty } && workload.notes.isEmpty)
  }
}

extension Workload.Layer {
  /// The layer's convolution.
  var convolution: ConvolutionShape {
    get throws {
      guard case .convolution(let shape) = shape else {
        throw WorkloadError(name, "is no convolution: \(shape)")
      }
      return shape
    }
  }
}
