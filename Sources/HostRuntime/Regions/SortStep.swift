import GraphIR

/// Sorts each line along one dimension of some dense tensors, by merging: stable, and the same for
/// any comparator.
struct SortStep: Step {
  private let comparator: ScalarProgram
  private let tensors: [(dtype: DType, source: Location, target: Location)]
  /// Elements of a line, from one of its elements to the next, and lines.
  private let length: Int
  private let step: Int
  private let lines: Int
  private let linesPerPart: Int

  init(
    _ type: TensorType, dimension: Int, comparator: ScalarProgram,
    tensors: [(dtype: DType, source: Location, target: Location)]
  ) {
    self.comparator = comparator
    self.tensors = tensors
    length = type.shape[dimension]
    step = type.strides[dimension]
    lines = length == 0 ? 0 : type.elementCount / length
    linesPerPart = max(1, Self.elementsPerPart / max(length, 1))
  }

  /// Large enough that handing a part to another thread pays.
  private static let elementsPerPart = 4096

  var partCount: Int { max(1, (lines + linesPerPart - 1) / linesPerPart) }

  /// The elements of a line of each tensor, registers, and two lists of places.
  var scratchByteCount: Int {
    (tensors.count * length + comparator.registerCount + 2 * length) * 8
  }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let elements = scratch.assumingMemoryBound(to: Double.self)
    let registers = elements + tensors.count * length
    let order = UnsafeMutableRawPointer(registers + comparator.registerCount)
      .assumingMemoryBound(to: Int.self)
    comparator.prepare(registers)
    for line in part * linesPerPart..<min(lines, (part + 1) * linesPerPart) {
      let base = line / step * (step * length) + line % step
      for (index, tensor) in tensors.enumerated() {
        let source = memory.pointer(tensor.source)
        for i in 0..<length {
          elements[index * length + i] = tensor.dtype.load(at: base + i * step, from: source)
        }
      }
      let sorted = sort(order, order + length, elements, registers)
      for (index, tensor) in tensors.enumerated() {
        let target = memory.pointer(tensor.target)
        for i in 0..<length {
          tensor.dtype.store(elements[index * length + sorted[i]], at: base + i * step, in: target)
        }
      }
    }
  }

  /// Merges runs of 1, 2, 4, ... places.
  ///
  /// - Returns: which of the two lists the places are in.
  private func sort(
    _ first: UnsafeMutablePointer<Int>, _ second: UnsafeMutablePointer<Int>,
    _ elements: UnsafeMutablePointer<Double>, _ registers: UnsafeMutablePointer<Double>
  ) -> UnsafeMutablePointer<Int> {
    for i in 0..<length { first[i] = i }
    var (from, to) = (first, second)
    var run = 1
    while run < length {
      var start = 0
      while start < length {
        let middle = min(start + run, length), end = min(start + 2 * run, length)
        var (a, b) = (start, middle)
        for place in start..<end {
          // One of the right run goes first only if it belongs before that of the left run.
          let takesRight =
            a == middle || b < end && precedes(from[b], from[a], elements, registers)
          to[place] = from[takesRight ? b : a]
          if takesRight { b += 1 } else { a += 1 }
        }
        start = end
      }
      swap(&from, &to)
      run *= 2
    }
    return from
  }

  private func precedes(
    _ a: Int, _ b: Int, _ elements: UnsafeMutablePointer<Double>,
    _ registers: UnsafeMutablePointer<Double>
  ) -> Bool {
    for index in tensors.indices {
      registers[comparator.parameters[2 * index]] = elements[index * length + a]
      registers[comparator.parameters[2 * index + 1]] = elements[index * length + b]
    }
    comparator.run(registers)
    return registers[comparator.results[0]] != 0
  }
}
