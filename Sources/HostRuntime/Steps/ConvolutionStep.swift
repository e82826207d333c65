internal import CKernels

/// Where the operands and the result of a convolution lie, as `ck_convolution_args` wants it.
struct ConvolutionLayout: Sendable {
  /// Feature groups or batch groups, each a product of its own.
  var groups: Int
  var images: Int
  /// Input element of the first kernel place, and result element, for each output position.
  var inputPositions: [Int32]
  var resultPositions: [Int32]
  var inputImage: Int
  var resultImage: Int
  /// Kernel places are taken in runs of equal length and step.
  var inputRuns: [Int32]
  var kernelRuns: [Int32]
  var runLength: Int
  var inputStep: Int
  var kernelStep: Int
  /// Output features of a group.
  var outputs: Int
  var chainDepth: Int
  /// Positions whose input elements lie side by side, where vectors run over positions; else 0.
  var laneWidth: Int
  /// Elements from a group to the next.
  var inputGroup: Int
  var kernelGroup: Int
  var resultGroup: Int

  /// Rows of a group.
  var rows: Int { images * inputPositions.count }
  var depth: Int { inputRuns.count * runLength }
}

/// Computes a convolution from its (padded) input, without copying patches.
struct ConvolutionStep: Step {
  let input: Location
  let kernel: Location
  let result: Location
  private let layout: ConvolutionLayout
  private let partsPerGroup: Int

  init(_ layout: ConvolutionLayout, input: Location, kernel: Location, result: Location) {
    self.layout = layout
    self.input = input
    self.kernel = kernel
    self.result = result
    let work = layout.rows * layout.depth * layout.outputs / Self.macsPerPart
    partsPerGroup = max(1, min(16, work, layout.rows / 24))
  }

  /// Large enough that handing a part to another thread pays.
  private static let macsPerPart = 500_000

  var partCount: Int { layout.groups * partsPerGroup }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let (group, piece) = part.quotientAndRemainder(dividingBy: partsPerGroup)
    let rows = layout.rows
    layout.inputPositions.withUnsafeBufferPointer { inputPositions in
      layout.resultPositions.withUnsafeBufferPointer { resultPositions in
        layout.inputRuns.withUnsafeBufferPointer { inputRuns in
          layout.kernelRuns.withUnsafeBufferPointer { kernelRuns in
            var arguments = ck_convolution_args()
            arguments.images = layout.images
            arguments.positions = inputPositions.count
            arguments.a_positions = inputPositions.baseAddress
            arguments.c_positions = resultPositions.baseAddress
            arguments.a_image = layout.inputImage
            arguments.c_image = layout.resultImage
            arguments.runs = inputRuns.count
            arguments.run_length = layout.runLength
            arguments.a_runs = inputRuns.baseAddress
            arguments.b_runs = kernelRuns.baseAddress
            arguments.a_step = layout.inputStep
            arguments.b_step = layout.kernelStep
            arguments.n = layout.outputs
            arguments.lane_width = layout.laneWidth
            arguments.k_tile = layout.chainDepth
            arguments.a = floats(input, memory, offset: group * layout.inputGroup)
            arguments.b = floats(kernel, memory, offset: group * layout.kernelGroup)
            arguments.c = UnsafeMutablePointer(
              mutating: floats(result, memory, offset: group * layout.resultGroup))
            ck_convolution_rows(
              &arguments, rows * piece / partsPerGroup, rows * (piece + 1) / partsPerGroup)
          }
        }
      }
    }
  }

  private func floats(
    _ location: Location, _ memory: ProgramMemory, offset: Int
  ) -> UnsafePointer<Float> {
    UnsafePointer(memory.pointer(location).assumingMemoryBound(to: Float.self) + offset)
  }
}
