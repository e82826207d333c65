import TestSupport
import CKernels
import DeviceAPI
import GraphIR
import HostRuntime
import Testing

extension CKernelsTests {
  @Test(
    "convolutions of any layout have the bits of their chains, on all levels", arguments: 0..<40)
  func convolutionBits(seed: UInt64) throws {
    var random = KernelRandom(state: seed &* 977 &+ 5)
    let sample = ConvolutionSample(&random)
    let graph = try sample.graph()
    for (rounds, depth) in [(false, Int.max), (true, Int.max), (true, 7)] {
      let expected = sample.chains(roundsOperands: rounds, depth: depth)
      try forEachKernelLevel { level in
        for threads in [1, 3] {
          let device = ChainDevice(
            sum: ChainedSum(roundsOperands: rounds, chainDepth: min(depth, sample.depth)))
          let result = try device.run(
            graph, [sample.input, sample.kernel], options: CompileOptions(threads: threads))[0]
          #expect(
            result.elements.map { Float($0).bitPattern } == expected.map(\.bitPattern),
            "level \(level), rounding \(rounds), depth \(depth): \(sample.attributes)")
        }
      }
    }
  }

  @Test("one padded copy serves a convolution and the derivative by its kernel")
  func sharedCopies() throws {
    // Twice the same operand and padding, once with other padding: each has its own values.
    var b = GraphBuilder(name: "shared")
    let x = b.parameter("x", TensorType([1, 3, 1, 1], .f32))
    let k = b.parameter("k", TensorType([3, 1, 1, 1], .f32))
    for (name, low) in [("same", 1), ("again", 1), ("other", 2)] {
      let window = [WindowDimension(size: 3, low: low, high: 2 - low), WindowDimension(size: 1)]
      b.result(name, try b.convolution(x, k, ConvolutionAttributes(window: window)))
    }
    let results = try ChainDevice(sum: ChainedSum(roundsOperands: true, chainDepth: 3)).run(
      b.build(),
      [
        Literal(TensorType([1, 3, 1, 1], .f32), [1, 10, 100]),
        Literal(TensorType([3, 1, 1, 1], .f32), [1, 2, 3]),
      ])
    #expect(results[0].elements == [32, 321, 210])
    #expect(results[1] == results[0])
    #expect(results[2].elements == [3, 32, 321])
  }
}

/// A convolution with random attributes and data.
struct ConvolutionSample {
  let attributes: ConvolutionAttributes
  let input: Literal
  let kernel: Literal
  let outputType: TensorType
  /// Products of a sum.
  let depth: Int

  init(_ random: inout KernelRandom) {
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let spatial = draw(1...2)
    let (featureGroups, batchGroups) = [(1, 1), (2, 1), (1, 2)][draw(0...2)]
    let features = featureGroups * draw(1...3)
    let outputs = featureGroups * batchGroups * draw(1...20)
    let images = batchGroups * draw(1...3)
    var window: [WindowDimension] = []
    var extents: [Int] = []
    while window.count < spatial {
      let extent = draw(0...2) == 0 ? draw(1...40) : draw(1...7)
      let dimension = WindowDimension(
        size: draw(1...4), stride: draw(1...3), low: draw(-1...3), high: draw(-1...3),
        baseDilation: draw(1...2), windowDilation: draw(1...2), isReversed: draw(0...1) == 1)
      if dimension.outputSize(extent: extent) == 0 { continue }
      window.append(dimension)
      extents.append(extent)
    }
    func order() -> [Int] { Array(0..<spatial + 2).shuffled(using: &random) }
    let (i, k, o) = (order(), order(), draw(0...1) == 0 ? Array(0..<spatial + 2) : order())
    attributes = ConvolutionAttributes(
      window: window,
      dimensions: ConvolutionDimensions(
        inputBatch: i[0], inputFeature: i[spatial + 1], inputSpatial: Array(i[1...spatial]),
        kernelInputFeature: k[0], kernelOutputFeature: k[spatial + 1],
        kernelSpatial: Array(k[1...spatial]), outputBatch: o[0], outputFeature: o[spatial + 1],
        outputSpatial: Array(o[1...spatial])), featureGroupCount: featureGroups,
      batchGroupCount: batchGroups)
    func placed(_ order: [Int], _ sizes: [Int]) -> [Int] {
      var shape = sizes
      for (index, dimension) in order.enumerated() { shape[dimension] = sizes[index] }
      return shape
    }
    func literal(_ shape: [Int]) -> Literal {
      let type = TensorType(shape, .f32)
      return Literal(
        type, (0..<type.elementCount).map { _ in Double(random.float(specialOnceIn: 0)) })
    }
    input = literal(placed(i, [images] + extents + [features]))
    kernel = literal(placed(k, [features / featureGroups] + window.map(\.size) + [outputs]))
    outputType = TensorType(
      placed(
        o,
        [images / batchGroups] + zip(window, extents).map { $0.outputSize(extent: $1) } + [outputs]
      ), .f32)
    depth = features / featureGroups * window.reduce(1) { $0 * $1.size }
  }

  func graph() throws -> Graph {
    var builder = GraphBuilder(name: "convolution")
    let x = builder.parameter("x", input.type)
    let k = builder.parameter("k", kernel.type)
    let y = try builder.convolution(x, k, attributes)
    #expect(builder.type(of: y) == outputType)
    builder.result("y", y)
    return try builder.build()
  }

  /// Every element by the definition: kernel positions row-major, then input features.
  func chains(roundsOperands: Bool, depth: Int) -> [Float] {
    let at = attributes.dimensions
    let (x, k) = (operand(input, roundsOperands), operand(kernel, roundsOperands))
    var result = [Float](repeating: 0, count: outputType.elementCount)
    let groups = attributes.featureGroupCount * attributes.batchGroupCount
    let outputs = outputType.shape[at.outputFeature]
    let groupInputs = kernel.type.shape[at.kernelInputFeature]
    for (offset, index) in indices(outputType.shape).enumerated() {
      let feature = index[at.outputFeature]
      let group = feature / (outputs / groups)
      var from = input.type.shape.map { _ in 0 }
      var with = kernel.type.shape.map { _ in 0 }
      with[at.kernelOutputFeature] = feature
      from[at.inputBatch] =
        index[at.outputBatch]
        + (attributes.batchGroupCount > 1 ? group * outputType.shape[at.outputBatch] : 0)
      var (sum, chain, total): (Float, Int, Float?) = (0, 0, nil)
      for tap in indices(attributes.window.map(\.size)) {
        var isInside = true
        for d in tap.indices {
          let window = attributes.window[d]
          let place = window.isReversed ? window.size - 1 - tap[d] : tap[d]
          let at0 =
            index[at.outputSpatial[d]] * window.stride + place * window.windowDilation - window.low
          let step = window.baseDilation
          let extent = input.type.shape[at.inputSpatial[d]]
          isInside = isInside && at0 >= 0 && at0 % step == 0 && at0 / step < extent
          from[at.inputSpatial[d]] = isInside ? at0 / step : 0
          with[at.kernelSpatial[d]] = tap[d]
        }
        for i in 0..<groupInputs {
          from[at.inputFeature] = i + (attributes.featureGroupCount > 1 ? group * groupInputs : 0)
          with[at.kernelInputFeature] = i
          let a = isInside ? x[self.offset(from, input.type)] : 0
          sum.addProduct(a, k[self.offset(with, kernel.type)])
          chain += 1
          if chain == depth {
            total = total.map { $0 + sum } ?? sum
            (sum, chain) = (0, 0)
          }
        }
      }
      if chain > 0 { total = total.map { $0 + sum } ?? sum }
      result[offset] = total ?? 0
    }
    return result
  }

  private func operand(_ literal: Literal, _ rounds: Bool) -> [Float] {
    literal.elements.map { rounds ? slowRoundedToBFloat16(Float($0)) : Float($0) }
  }

  private func offset(_ index: [Int], _ type: TensorType) -> Int {
    zip(index, type.strides).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

/// Every index of a shape, row-major.
private func indices(_ shape: [Int]) -> [[Int]] {
  shape.reduce([[]]) { lists, size in lists.flatMap { list in (0..<size).map { list + [$0] } } }
}

/// A device of this runtime that has no products but convolutions.
private struct ChainDevice: Device {
  struct Engine: ProductEngine {
    struct Kernel: ProductKernel {
      var partCount: Int { 1 }
      var scratchByteCount: Int { 0 }
      func run(
        part: Int, lhs: UnsafeRawPointer, rhs: UnsafeRawPointer,
        out: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
      ) { Issue.record("these graphs have no dot_general") }
    }
    let sum: ChainedSum
    func kernel(for product: MatrixProduct, of value: ValueID) -> any ProductKernel { Kernel() }
    func chainedSum(of value: ValueID, depth: Int) -> ChainedSum { sum }
  }

  let sum: ChainedSum

  var descriptor: DeviceDescriptor {
    DeviceDescriptor(
      name: "chains", summary: "", isSimulated: false, productOperandType: nil, memorySpaces: [],
      peakRates: [], supportedOperations: [], supportedTypes: [], supportedProductTypes: [])
  }

  func makeBuffer(_ type: TensorType) throws(DeviceError) -> any Buffer {
    HostBuffer(type, device: "chains")
  }

  func compile(
    _ graph: Graph, options: CompileOptions
  ) throws(DeviceError) -> any Executable {
    HostExecutable(graph, device: "chains", engine: Engine(sum: sum), options: options)
  }
}
