internal import CKernels
internal import COpenBLAS
public import DeviceAPI
internal import Foundation
public import GraphIR
internal import HostRuntime
internal import Units

/// The processor that the program runs on: products by OpenBLAS, everything else fused.
public struct CPUDevice: Device {
  /// The name by which it is asked for.
  public static let name = "cpu"

  /// Loads OpenBLAS.
  ///
  /// - Throws: `executionFailed` if the library is missing.
  public init() throws(DeviceError) {
    if let problem = Self.loadProblem {
      throw DeviceError(
        .executionFailed, device: Self.name,
        reason: "cannot load OpenBLAS: \(problem). Install it: apt-get install libopenblas0")
    }
  }

  /// What went wrong when the library was loaded, once for the whole process; `nil` if nothing.
  private static let loadProblem: String? = {
    let coreType: String? =
      switch ck_supported_level() {
      case CK_LEVEL_AVX512: "SKYLAKEX"
      case CK_LEVEL_AVX2: "HASWELL"
      default: nil
      }
    return cob_load(coreType).map { String(cString: $0) }
  }()

  /// This processor, its kernels and what they support.
  public var descriptor: DeviceDescriptor {
    DeviceDescriptor(
      name: Self.name, summary: "this processor, products by OpenBLAS (\(Self.coreName))",
      isSimulated: false, productOperandType: nil,
      memorySpaces: [
        .init(
          name: "host", capacity: Bytes(Int(ProcessInfo.processInfo.physicalMemory)),
          bandwidthGigabytesPerSecond: nil)
      ],
      peakRates: [], supportedOperations: Set(Operation.allNames),
      supportedTypes: Set(DType.allCases), supportedProductTypes: Set(DType.allCases),
      productKernels: "OpenBLAS \(Self.coreName)")
  }

  /// A buffer in the process's memory.
  public func makeBuffer(_ type: TensorType) throws(DeviceError) -> any Buffer {
    HostBuffer(type, device: Self.name)
  }

  /// Compiles to host kernels; products go to OpenBLAS, those of int8 to the shared kernel.
  public func compile(
    _ graph: Graph, options: CompileOptions
  ) throws(DeviceError) -> any Executable {
    do throws(GraphError) { try graph.verify() } catch {
      throw DeviceError(.invalidGraph, device: Self.name, reason: error.description)
    }
    return HostExecutable(graph, device: Self.name, engine: OpenBLASEngine(), options: options)
  }

  /// The rate of a large `cblas_sgemm` on one thread, measured now: the best of several, some
  /// tens of milliseconds in all.
  package func measuredPeakRate() -> DeviceDescriptor.PeakRate {
    let size = 512
    let a = [Float](repeating: 1, count: size * size)
    let b = a
    var c = a
    var best = Duration.seconds(1000)
    for _ in 0..<8 {
      let time = ContinuousClock().measure {
        cob_sgemm(
          0, 0, Int32(size), Int32(size), Int32(size), a, Int32(size), b, Int32(size), &c,
          Int32(size))
      }
      best = min(best, time)
    }
    let seconds = best / .seconds(1)
    return .init(
      dtype: .f32, gigaflopsPerSecond: 2 * Double(size * size * size) / seconds / 1e9)
  }

  /// The processor family that OpenBLAS chose its kernels for.
  private static var coreName: String { String(cString: cob_core_name()) }
}
