import GraphIR

/// Reduces several dense tensors at once by a region over scalars, in row-major order.
struct RegionReduceStep: Step {
  struct Tensor: Sendable {
    var dtype: DType
    var source: Location
    var start: Location
    var target: Location
  }

  let body: ScalarProgram
  let tensors: [Tensor]
  /// Where each result's elements begin, and how far from there each of them lies.
  let bases: [Int]
  let members: [Int]

  /// Large enough that handing a part to another thread pays.
  private static let elementsPerPart = 4096

  private var resultsPerPart: Int { max(1, Self.elementsPerPart / max(members.count, 1)) }

  var partCount: Int { max(1, (bases.count + resultsPerPart - 1) / resultsPerPart) }

  /// Registers, and the partial results.
  var scratchByteCount: Int { (body.registerCount + tensors.count) * 8 }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let registers = scratch.assumingMemoryBound(to: Double.self)
    let partial = registers + body.registerCount
    body.prepare(registers)
    for result in part * resultsPerPart..<min(bases.count, (part + 1) * resultsPerPart) {
      for (index, tensor) in tensors.enumerated() {
        partial[index] = tensor.dtype.load(at: 0, from: memory.pointer(tensor.start))
      }
      for member in members {
        for (index, tensor) in tensors.enumerated() {
          registers[body.parameters[index]] = partial[index]
          registers[body.parameters[tensors.count + index]] = tensor.dtype.load(
            at: bases[result] + member, from: memory.pointer(tensor.source))
        }
        body.run(registers)
        for index in tensors.indices { partial[index] = registers[body.results[index]] }
      }
      for (index, tensor) in tensors.enumerated() {
        tensor.dtype.store(partial[index], at: result, in: memory.pointer(tensor.target))
      }
    }
  }
}
