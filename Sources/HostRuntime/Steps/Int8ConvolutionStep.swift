internal import CKernels

/// Computes a convolution of `i8` with `i32` sums: a product whose rows are patches of the (padded)
/// input, taken from there as they are packed.
///
/// The result's rows follow one another: images, then positions, then all output features.
struct Int8ConvolutionStep: Step {
  let input: Location
  /// A dense matrix, a row for each kernel place and input feature of a group.
  let kernel: Location
  let result: Location
  private let layout: ConvolutionLayout
  /// Output features of all groups.
  private let features: Int
  private let partsPerGroup: Int
  let scratchByteCount: Int

  init(
    _ layout: ConvolutionLayout, features: Int, input: Location, kernel: Location,
    result: Location, threads: Int
  ) {
    self.layout = layout
    self.features = features
    self.input = input
    self.kernel = kernel
    self.result = result
    partsPerGroup = Int8ProductKernel.partCount(
      macs: layout.rows * layout.depth * layout.outputs, length: layout.rows, threads: threads)
    var arguments = Self.arguments(layout, features: features)
    scratchByteCount = ck_gemm_int8_scratch_bytes(&arguments)
  }

  var partCount: Int { layout.groups * partsPerGroup }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let (group, piece) = part.quotientAndRemainder(dividingBy: partsPerGroup)
    var arguments = Self.arguments(layout, features: features)
    arguments.a = (memory.pointer(input) + group * layout.inputGroup).bound()
    arguments.b = (memory.pointer(kernel) + group * layout.kernelGroup).bound()
    arguments.c = memory.pointer(result).assumingMemoryBound(to: Int32.self)
      .advanced(by: group * layout.resultGroup)
    layout.inputPositions.withUnsafeBufferPointer { positions in
      layout.inputRuns.withUnsafeBufferPointer { runs in
        var patches = ck_int8_patches(
          positions: positions.count, position_offsets: positions.baseAddress,
          image_stride: layout.inputImage, run_length: layout.runLength,
          run_offsets: runs.baseAddress, step: layout.inputStep)
        withUnsafePointer(to: &patches) { patches in
          arguments.patches = patches
          ck_gemm_int8_part(
            &arguments, layout.rows * piece / partsPerGroup,
            layout.rows * (piece + 1) / partsPerGroup, 0, layout.outputs, scratch)
        }
      }
    }
  }

  /// Everything but the addresses.
  private static func arguments(
    _ layout: ConvolutionLayout, features: Int
  ) -> ck_gemm_int8_args {
    var arguments = ck_gemm_int8_args()
    arguments.m = layout.rows
    arguments.n = layout.outputs
    arguments.k = layout.depth
    arguments.ldb = features
    arguments.ldc = features
    return arguments
  }
}

extension UnsafeMutableRawPointer {
  fileprivate func bound() -> UnsafePointer<Int8> {
    UnsafePointer(assumingMemoryBound(to: Int8.self))
  }
}
