import DeviceAPI
import GraphIR
import SystolicModel
import SystolicSim
import Testing

@testable import SystolicCompiler

@Suite("A topology file as one program")
struct WorkloadChainTests {
  private static func gemm(_ name: String, _ m: Int, _ k: Int, _ n: Int, count: Int = 1)
    -> Workload.Layer
  {
    Workload.Layer(name: name, shape: .gemm(GEMMShape(m: m, n: n, k: k)), count: count)
  }

  private static func convolution(
    _ name: String, _ height: Int, channels: Int, filters: Int, kernel: Int, stride: Int = 1,
    groups: Int = 1
  ) -> Workload.Layer {
    Workload.Layer(
      name: name,
      shape: .convolution(
        ConvolutionShape(
          batch: 2, inputHeight: height, inputWidth: height, kernelHeight: kernel,
          kernelWidth: kernel, channels: channels, filters: filters, strideHeight: stride,
          strideWidth: stride, groups: groups)))
  }

  private static func offChip(_ graph: Graph) throws -> MemoryTraffic {
    let chip = try Chip.load("tpu-v3", library: repositoryLibrary())
    let cost = try SystolicCompiler(chip: chip).compile(graph).cost
    return cost.ops.reduce(into: MemoryTraffic()) { $0 += $1.traffic[MemoryLevel.offChip.index] }
  }

  // bf16: the input 64 x 32, weights 32 x 128 and 128 x 16, the output 64 x 16; nothing between.
  @Test("activations stay on chip: DRAM has the first input, the weights and the last output")
  func onChip() throws {
    let chain = try WorkloadChain(
      Workload(
        name: "two", layers: [Self.gemm("a", 64, 32, 128), Self.gemm("b", 64, 128, 16)]),
      type: .bf16)
    #expect(chain.readingFromDRAM == [])
    let traffic = try Self.offChip(chain.graph)
    #expect(traffic.read.count == 2 * (64 * 32 + 32 * 128 + 128 * 16))
    #expect(traffic.written.count == 2 * 64 * 16)
  }

  @Test("an input of another size comes from DRAM, is named, and the output before it goes there")
  func broken() throws {
    let chain = try WorkloadChain(
      Workload(
        name: "pooled", layers: [Self.gemm("a", 64, 32, 128), Self.gemm("b", 16, 128, 16)]),
      type: .bf16)
    #expect(chain.readingFromDRAM == ["b"])
    let traffic = try Self.offChip(chain.graph)
    #expect(traffic.read.count == 2 * (64 * 32 + 32 * 128 + 16 * 128 + 128 * 16))
    #expect(traffic.written.count == 2 * (64 * 128 + 16 * 16))
  }

  @Test("padding is no other size; more than the kernel reaches, other channels, another batch are")
  func padding() throws {
    func reads(_ second: Workload.Layer) throws -> [String] {
      let first = Self.convolution("a", 14, channels: 3, filters: 8, kernel: 3)
      return try WorkloadChain(Workload(name: "w", layers: [first, second]), type: .bf16)
        .readingFromDRAM
    }
    // The first leaves 12 x 12 x 8.
    #expect(try reads(Self.convolution("b", 12, channels: 8, filters: 4, kernel: 1)) == [])
    #expect(try reads(Self.convolution("b", 14, channels: 8, filters: 4, kernel: 3)) == [])
    #expect(try reads(Self.convolution("b", 15, channels: 8, filters: 4, kernel: 3)) == ["b"])
    #expect(try reads(Self.convolution("b", 11, channels: 8, filters: 4, kernel: 3)) == ["b"])
    #expect(try reads(Self.convolution("b", 12, channels: 4, filters: 4, kernel: 1)) == ["b"])
    #expect(try reads(Self.gemm("b", 2, 12 * 12 * 8, 10)) == [])
    #expect(try reads(Self.gemm("b", 4, 12 * 12 * 8, 10)) == ["b"])
  }

  @Test(
    "each layer has the shape that the file says, strides rounded up",
    arguments: [(17, 3, 2, 1), (16, 3, 2, 1), (15, 5, 3, 4), (8, 8, 1, 2)])
  func shapes(height: Int, kernel: Int, stride: Int, groups: Int) throws {
    let layer = Self.convolution(
      "a", height, channels: 8, filters: 16, kernel: kernel, stride: stride, groups: groups)
    guard case .convolution(let shape) = layer.shape else { return }
    let graph = try WorkloadChain(Workload(name: "w", layers: [layer]), type: .fp16).graph
    let result = try #require(graph.results.first)
    #expect(
      graph.type(of: result.value)
        == TensorType([2, shape.outputHeight, shape.outputWidth, 16], .f16))
    let product = Workload(productsOf: graph)
    guard case .patches(let patches) = try #require(product.layers.first).shape else { return }
    #expect(patches.gemm == shape.groupGEMM && patches.batch == groups)
  }

  @Test("repeats are layers of their own, and too many of them are refused")
  func repeats() throws {
    let chain = try WorkloadChain(
      Workload(name: "w", layers: [Self.gemm("a", 8, 16, 16, count: 3)]), type: .int8)
    #expect(chain.readingFromDRAM == [])
    #expect(chain.graph.parameters.map(\.name).filter { $0.hasSuffix("weight") }.count == 3)
    let error = #expect(throws: WorkloadError.self) {
      try WorkloadChain(
        Workload(name: "w", layers: [Self.gemm("a", 8, 16, 16, count: 1 << 40)]), type: .bf16)
    }
    #expect(error?.reason.contains("without --network") == true)
  }
}
