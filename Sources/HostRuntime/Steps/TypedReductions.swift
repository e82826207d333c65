import GraphIR

/// What a dense tensor of any type but the narrow floats is taken for.
protocol TypedKernel {
  func run<T: BitwiseCopyable>(_ arithmetic: Arithmetic<T>)
}

/// How numbers of a type are combined: integers wrap around, floats are rounded each time.
struct Arithmetic<T: BitwiseCopyable> {
  let zero: T
  let add: (T, T) -> T
  let multiply: (T, T) -> T
  let maximum: (T, T) -> T
  let minimum: (T, T) -> T

  func function(_ reducer: Reducer) -> (T, T) -> T {
    switch reducer {
    case .add: add
    case .multiply: multiply
    case .maximum: maximum
    case .minimum: minimum
    }
  }
}

extension Arithmetic where T: FixedWidthInteger {
  init() {
    self.init(
      zero: 0, add: { $0 &+ $1 }, multiply: { $0 &* $1 }, maximum: { max($0, $1) },
      minimum: { min($0, $1) })
  }
}

extension Arithmetic where T: BinaryFloatingPoint {
  /// +0 is above −0, and NaN wins.
  init(floats: T.Type) {
    self.init(
      zero: 0, add: { $0 + $1 }, multiply: { $0 * $1 },
      maximum: { a, b in
        a.isNaN || b.isNaN ? .nan : a == b ? (a.sign == .plus ? a : b) : a > b ? a : b
      },
      minimum: { a, b in
        a.isNaN || b.isNaN ? .nan : a == b ? (a.sign == .minus ? a : b) : a < b ? a : b
      })
  }
}

extension TypedKernel {
  /// Runs for a type; `i1` adds by or, and multiplies by and.
  func run(_ dtype: DType) {
    switch dtype {
    case .i1:
      run(
        Arithmetic<UInt8>(
          zero: 0, add: { $0 | $1 }, multiply: { $0 & $1 }, maximum: { $0 | $1 },
          minimum: { $0 & $1 }))
    case .i8: run(Arithmetic<Int8>())
    case .ui8: run(Arithmetic<UInt8>())
    case .i16: run(Arithmetic<Int16>())
    case .ui16: run(Arithmetic<UInt16>())
    case .i32: run(Arithmetic<Int32>())
    case .ui32: run(Arithmetic<UInt32>())
    case .i64: run(Arithmetic<Int64>())
    case .ui64: run(Arithmetic<UInt64>())
    case .f32: run(Arithmetic(floats: Float.self))
    case .f64: run(Arithmetic(floats: Double.self))
    case .bf16, .f16: preconditionFailure("\(dtype) is widened first")
    }
  }
}

/// A reduction of the rows of a dense matrix, in order.
struct TypedReduceStep: Step {
  let reducer: Reducer
  let dtype: DType
  let source: Location
  /// One element.
  let start: Location
  let target: Location
  let rows: Int
  let columns: Int

  /// Large enough that handing a part to another thread pays.
  private var rowsPerPart: Int { max(1, 16_384 / max(columns, 1)) }

  var partCount: Int { max(1, (rows + rowsPerPart - 1) / rowsPerPart) }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let range = part * rowsPerPart..<min(rows, (part + 1) * rowsPerPart)
    Kernel(step: self, memory: memory, range: range).run(dtype)
  }

  private struct Kernel: TypedKernel {
    let step: TypedReduceStep
    let memory: ProgramMemory
    let range: Range<Int>

    func run<T: BitwiseCopyable>(_ arithmetic: Arithmetic<T>) {
      let combine = arithmetic.function(step.reducer)
      let input = memory.pointer(step.source).assumingMemoryBound(to: T.self)
      let output = memory.pointer(step.target).assumingMemoryBound(to: T.self)
      let start = memory.pointer(step.start).assumingMemoryBound(to: T.self)[0]
      for row in range {
        var partial = start
        let elements = input + row * step.columns
        for column in 0..<step.columns { partial = combine(partial, elements[column]) }
        output[row] = partial
      }
    }
  }
}

/// A reduction of windows over a batch of images: the same places in each.
struct TypedWindowStep: Step {
  let reducer: Reducer
  let dtype: DType
  let input: Location
  /// One element, which changes nothing.
  let start: Location
  let output: Location
  let windows: WindowPlaces

  var partCount: Int { max(1, windows.images) }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    if windows.images > 0 { Kernel(step: self, memory: memory, image: part).run(dtype) }
  }

  private struct Kernel: TypedKernel {
    let step: TypedWindowStep
    let memory: ProgramMemory
    let image: Int

    func run<T: BitwiseCopyable>(_ arithmetic: Arithmetic<T>) {
      let (windows, combine) = (step.windows, arithmetic.function(step.reducer))
      let (positions, features) = (windows.positions, windows.features)
      let taps = windows.offsets.count / max(1, positions)
      let input =
        memory.pointer(step.input).assumingMemoryBound(to: T.self) + image * windows.imageCount
      let output =
        memory.pointer(step.output).assumingMemoryBound(to: T.self) + image * positions * features
      let start = memory.pointer(step.start).assumingMemoryBound(to: T.self)[0]
      windows.offsets.withUnsafeBufferPointer { offsets in
        for position in 0..<positions {
          for feature in 0..<features {
            var partial = start
            for tap in position * taps..<(position + 1) * taps where offsets[tap] >= 0 {
              partial = combine(partial, input[Int(offsets[tap]) + feature])
            }
            output[position * features + feature] = partial
          }
        }
      }
    }
  }
}

/// A batch of products of dense matrices `[m, k] · [k, n]`; each sum in ascending order of `k`.
struct TypedProductStep: Step {
  let dtype: DType
  let lhs: Location
  let rhs: Location
  let out: Location
  let batch: Int
  let m: Int
  let n: Int
  let k: Int

  /// Large enough that handing a part to another thread pays.
  private var rowsPerPart: Int { max(1, 65_536 / max(n * k, 1)) }

  var partCount: Int { max(1, (batch * m + rowsPerPart - 1) / rowsPerPart) }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let range = part * rowsPerPart..<min(batch * m, (part + 1) * rowsPerPart)
    switch dtype {
    case .f64: multiply(Double.self, range, memory)
    case .i8, .ui8: multiply(wrapping: UInt8.self, range, memory)
    case .i16, .ui16: multiply(wrapping: UInt16.self, range, memory)
    case .i32, .ui32: multiply(wrapping: UInt32.self, range, memory)
    case .i64, .ui64: multiply(wrapping: UInt64.self, range, memory)
    case .i1, .bf16, .f16, .f32: preconditionFailure("\(dtype) has a kernel of its own, or none")
    }
  }

  private func multiply<T: BinaryFloatingPoint & BitwiseCopyable>(
    _: T.Type, _ range: Range<Int>, _ memory: ProgramMemory
  ) {
    each(T.self, 0, range, memory) { $0 + $1 * $2 }
  }

  private func multiply<T: FixedWidthInteger & BitwiseCopyable>(
    wrapping: T.Type, _ range: Range<Int>, _ memory: ProgramMemory
  ) {
    each(T.self, 0, range, memory) { $0 &+ $1 &* $2 }
  }

  @inline(__always)
  private func each<T: BitwiseCopyable>(
    _: T.Type, _ zero: T, _ range: Range<Int>, _ memory: ProgramMemory, _ step: (T, T, T) -> T
  ) {
    let a = memory.pointer(lhs).assumingMemoryBound(to: T.self)
    let b = memory.pointer(rhs).assumingMemoryBound(to: T.self)
    let c = memory.pointer(out).assumingMemoryBound(to: T.self)
    for row in range {
      let (sums, factors) = (c + row * n, a + row * k)
      let matrix = b + row / m * (k * n)
      for j in 0..<n { sums[j] = zero }
      for p in 0..<k {
        let (factor, values) = (factors[p], matrix + p * n)
        for j in 0..<n { sums[j] = step(sums[j], factor, values[j]) }
      }
    }
  }
}

extension HostCompiler {
  /// A `reduce` of a type or by a reducer that has no kernel of its own.
  mutating func appendTypedReduce(
    _ value: ValueID, _ reducer: Reducer, _ dimensions: [Int]
  ) -> Bool {
    let (operand, start) = (graph[value].operands[0], graph[value].operands[1])
    let (type, result) = (graph.type(of: operand), graph.type(of: value))
    guard type.dtype == result.dtype, result.elementCount > 0 else { return false }
    let kept = type.shape.indices.filter { !dimensions.contains($0) }
    let source = widenedToF32(
      rowMajor(operand, kept + dimensions.sorted()), type.dtype, count: type.elementCount)
    let from = widenedToF32(denseSlot(of: start), type.dtype, count: 1)
    appendSettling(value) { compiler, dtype, target in
      compiler.builder.append(
        .init(reads: [source, from], writes: [target]) { place in
          TypedReduceStep(
            reducer: reducer, dtype: dtype, source: place(source), start: place(from),
            target: place(target), rows: result.elementCount,
            columns: type.elementCount / result.elementCount)
        })
    }
    return true
  }

  /// A `reduce_window` of a type or by a reducer that has no kernel of its own.
  mutating func appendTypedReduceWindow(
    _ value: ValueID, _ reducer: Reducer, _ window: WindowAttributes
  ) -> Bool {
    let (operand, start) = (graph[value].operands[0], graph[value].operands[1])
    let type = graph.type(of: operand)
    guard graph.isNeutral(start, for: reducer), type.elementCount > 0,
      graph.type(of: value).elementCount > 0
    else { return false }
    let input = widenedToF32(denseSlot(of: operand), type.dtype, count: type.elementCount)
    let from = widenedToF32(denseSlot(of: start), type.dtype, count: 1)
    let places = WindowPlaces(window, type)
    appendSettling(value) { compiler, dtype, target in
      compiler.builder.append(
        .init(reads: [input, from], writes: [target]) { place in
          TypedWindowStep(
            reducer: reducer, dtype: dtype, input: place(input), start: place(from),
            output: place(target), windows: places)
        })
    }
    return true
  }

  /// A `dot_general` of binary64 or of integers.
  mutating func appendTypedDot(_ value: ValueID, _ dot: DotDimensions) -> Bool {
    let operands = graph[value].operands
    let types = operands.map { graph.type(of: $0) }
    let dtype = graph.type(of: value).dtype
    guard types.allSatisfy({ $0.dtype == dtype }), dtype == .f64 || dtype.isInteger else {
      return false
    }
    let (rows, columns) = (dot.lhsFree(rank: types[0].rank), dot.rhsFree(rank: types[1].rank))
    let lhs = rowMajor(operands[0], dot.lhsBatching + rows + dot.lhsContracting)
    let rhs = rowMajor(operands[1], dot.rhsBatching + dot.rhsContracting + columns)
    func count(_ dimensions: [Int], of type: TensorType) -> Int {
      dimensions.reduce(1) { $0 * type.shape[$1] }
    }
    let target = define(value)
    builder.append(
      .init(reads: [lhs, rhs], writes: [target]) { place in
        TypedProductStep(
          dtype: dtype, lhs: place(lhs), rhs: place(rhs), out: place(target),
          batch: count(dot.lhsBatching, of: types[0]), m: count(rows, of: types[0]),
          n: count(columns, of: types[1]), k: count(dot.lhsContracting, of: types[0]))
      })
    return true
  }

  /// Lets `append` compute a value in its own type; a narrow float as f32, which is rounded once.
  private mutating func appendSettling(
    _ value: ValueID, _ append: (inout HostCompiler, DType, Slot) -> Void
  ) {
    let type = graph.type(of: value)
    let target = define(value)
    guard type.dtype == .bf16 || type.dtype == .f16 else {
      append(&self, type.dtype, target)
      return
    }
    let wide = builder.arenaSlot(byteCount: type.elementCount * 4)
    append(&self, .f32, wide)
    appendNarrowing(wide, to: target, dtype: type.dtype, count: type.elementCount)
  }
}
