import GraphIR

/// One elementwise instruction in its own type: integers and binary64, which the loops over binary32
/// registers do not have, and conversions from and to them.
struct TypedStep: Step {
  /// A dense tensor, or one element for all places.
  struct Operand: Sendable {
    var location: Location
    var isScalar: Bool
  }

  /// What is computed; one of those for which `supports` holds.
  let operation: Operation
  /// The type of the operands, of the chosen ones for `select`, and of the result.
  let dtype: DType
  let result: DType
  let operands: [Operand]
  let target: Location
  let count: Int

  /// Large enough that handing a part to another thread pays.
  private static let elementsPerPart = 16_384

  var partCount: Int { max(1, (count + Self.elementsPerPart - 1) / Self.elementsPerPart) }

  /// Whether an instruction on operands of `dtype` is computed here.
  static func supports(_ operation: Operation, _ dtype: DType, result: DType) -> Bool {
    let isTyped = dtype.isInteger || dtype == .f64
    switch operation {
    case .unary, .binary, .compare, .select, .clamp: return isTyped
    case .convert: return true
    default: return false
    }
  }

  func run(part: Int, memory: ProgramMemory, scratch: UnsafeMutableRawPointer) {
    let first = part * Self.elementsPerPart
    let places = first..<min(count, first + Self.elementsPerPart)
    switch dtype {
    case .i8: integers(Int8.self, Int8.self, places, memory)
    case .ui8: integers(UInt8.self, Int8.self, places, memory)
    case .i16: integers(Int16.self, Int16.self, places, memory)
    case .ui16: integers(UInt16.self, Int16.self, places, memory)
    case .i32: integers(Int32.self, Int32.self, places, memory)
    case .ui32: integers(UInt32.self, Int32.self, places, memory)
    case .i64: integers(Int64.self, Int64.self, places, memory)
    case .ui64: integers(UInt64.self, Int64.self, places, memory)
    case .f64: doubles(places, memory)
    // What is left are conversions.
    case .i1: convertIntegers(UInt8.self, places, memory)
    case .f32: convertFloats(Float.self, places, memory) { Double($0) }
    case .bf16:
      convertFloats(UInt16.self, places, memory) { Double(NarrowFloats.float(bfloat16Bits: $0)) }
    case .f16:
      convertFloats(UInt16.self, places, memory) { Double(NarrowFloats.float(float16Bits: $0)) }
    }
  }

  // MARK: Integers

  /// - Parameter S: the signed integer of the same bits.
  @inline(__always)
  private func integers<T: FixedWidthInteger & BitwiseCopyable, S: FixedWidthInteger>(
    _: T.Type, _: S.Type, _ places: Range<Int>, _ memory: ProgramMemory
  ) {
    switch operation {
    case .unary(.abs): map(places, memory) { (a: T) -> T in a < 0 ? 0 &- a : a }
    case .unary(.negate): map(places, memory) { (a: T) -> T in 0 &- a }
    case .unary(.not): map(places, memory) { (a: T) -> T in ~a }
    case .unary(.countLeadingZeros):
      map(places, memory) { (a: T) -> T in T(truncatingIfNeeded: a.leadingZeroBitCount) }
    case .unary(.populationCount):
      map(places, memory) { (a: T) -> T in T(truncatingIfNeeded: a.nonzeroBitCount) }
    case .unary: map(places, memory) { (a: T) -> T in a.signum() }
    case .binary(let op): integers(op, S.self, T.self, places, memory)
    case .convert: convertIntegers(T.self, places, memory)
    default:
      ordered(T.self, places, memory) {
        max($0, $1)
      } least: {
        min($0, $1)
      }
    }
  }

  @inline(__always)
  private func integers<T: FixedWidthInteger & BitwiseCopyable, S: FixedWidthInteger>(
    _ op: BinaryOperation, _: S.Type, _: T.Type, _ places: Range<Int>, _ memory: ProgramMemory
  ) {
    let width = T(T.bitWidth)
    switch op {
    case .add: map(places, memory) { (a: T, b: T) -> T in a &+ b }
    case .subtract: map(places, memory) { (a: T, b: T) -> T in a &- b }
    case .multiply: map(places, memory) { (a: T, b: T) -> T in a &* b }
    case .maximum: map(places, memory) { (a: T, b: T) -> T in max(a, b) }
    case .minimum: map(places, memory) { (a: T, b: T) -> T in min(a, b) }
    case .and: map(places, memory) { (a: T, b: T) -> T in a & b }
    case .or: map(places, memory) { (a: T, b: T) -> T in a | b }
    case .xor: map(places, memory) { (a: T, b: T) -> T in a ^ b }
    case .divide:
      map(places, memory) { (a: T, b: T) -> T in
        b == 0 ? ~0 : a.dividedReportingOverflow(by: b).partialValue
      }
    case .remainder:
      map(places, memory) { (a: T, b: T) -> T in
        b == 0 ? a : a.remainderReportingOverflow(dividingBy: b).partialValue
      }
    case .shiftLeft: map(places, memory) { (a: T, b: T) -> T in b >= 0 && b < width ? a &<< b : 0 }
    case .shiftRightLogical:
      map(places, memory) { (a: T, b: T) -> T in
        b >= 0 && b < width
          ? T(truncatingIfNeeded: T.Magnitude(truncatingIfNeeded: a) >> T.Magnitude(b)) : 0
      }
    case .shiftRightArithmetic:
      map(places, memory) { (a: T, b: T) -> T in
        let bits = b >= 0 && b < width ? Int(b) : T.bitWidth - 1
        return T(truncatingIfNeeded: S(truncatingIfNeeded: a) >> bits)
      }
    case .power, .atan2:
      let function = op.function(dtype)
      map(places, memory) { (a: T, b: T) -> T in
        let (a, b) = (Int(truncatingIfNeeded: a), Int(truncatingIfNeeded: b))
        let power = function(dtype.word(wrapping: a), dtype.word(wrapping: b))
        return T(truncatingIfNeeded: dtype.integer(power))
      }
    }
  }

  // MARK: binary64

  private func doubles(_ places: Range<Int>, _ memory: ProgramMemory) {
    switch operation {
    case .unary(.abs): map(places, memory) { (a: Double) -> Double in a.magnitude }
    case .unary(.negate): map(places, memory) { (a: Double) -> Double in -a }
    case .unary(.sqrt): map(places, memory) { (a: Double) -> Double in a.squareRoot() }
    case .unary(.isFinite): map(places, memory) { (a: Double) -> UInt8 in a.isFinite ? 1 : 0 }
    case .unary(let op):
      let function = op.function(.f64)
      map(places, memory) { (a: Double) -> Double in function(a) }
    case .binary(.add): map(places, memory) { (a: Double, b: Double) -> Double in a + b }
    case .binary(.subtract): map(places, memory) { (a: Double, b: Double) -> Double in a - b }
    case .binary(.multiply): map(places, memory) { (a: Double, b: Double) -> Double in a * b }
    case .binary(.divide): map(places, memory) { (a: Double, b: Double) -> Double in a / b }
    case .binary(let op):
      let function = op.function(.f64)
      map(places, memory) { (a: Double, b: Double) -> Double in function(a, b) }
    case .convert: convertFloats(Double.self, places, memory) { $0 }
    default:
      let greatest = BinaryOperation.maximum.function(.f64)
      let least = BinaryOperation.minimum.function(.f64)
      ordered(Double.self, places, memory) {
        greatest($0, $1)
      } least: {
        least($0, $1)
      }
    }
  }

  // MARK: Conversions

  /// To integers: the low bits.
  private func convertIntegers<T: FixedWidthInteger & BitwiseCopyable>(
    _: T.Type, _ places: Range<Int>, _ memory: ProgramMemory
  ) {
    switch result {
    case .i1: map(places, memory) { (a: T) -> UInt8 in a == 0 ? 0 : 1 }
    case .i8, .ui8: map(places, memory) { (a: T) -> UInt8 in .init(truncatingIfNeeded: a) }
    case .i16, .ui16: map(places, memory) { (a: T) -> UInt16 in .init(truncatingIfNeeded: a) }
    case .i32, .ui32: map(places, memory) { (a: T) -> UInt32 in .init(truncatingIfNeeded: a) }
    case .i64, .ui64: map(places, memory) { (a: T) -> UInt64 in .init(truncatingIfNeeded: a) }
    case .f64: map(places, memory) { (a: T) -> Double in Double(a) }
    case .f32: map(places, memory) { (a: T) -> Float in Float(a) }
    case .bf16, .f16:
      let bits = result.bitsOfNarrow
      map(places, memory) { (a: T) -> UInt16 in bits(Double(a)) }
    }
  }

  /// To integers towards zero and saturating, a NaN to 0.
  private func convertFloats<T: BitwiseCopyable>(
    _: T.Type, _ places: Range<Int>, _ memory: ProgramMemory, _ wide: (T) -> Double
  ) {
    switch result {
    case .i1: map(places, memory) { (a: T) -> UInt8 in wide(a) == 0 ? 0 : 1 }
    case .i8: map(places, memory) { (a: T) -> Int8 in .init(saturating: wide(a)) }
    case .ui8: map(places, memory) { (a: T) -> UInt8 in .init(saturating: wide(a)) }
    case .i16: map(places, memory) { (a: T) -> Int16 in .init(saturating: wide(a)) }
    case .ui16: map(places, memory) { (a: T) -> UInt16 in .init(saturating: wide(a)) }
    case .i32: map(places, memory) { (a: T) -> Int32 in .init(saturating: wide(a)) }
    case .ui32: map(places, memory) { (a: T) -> UInt32 in .init(saturating: wide(a)) }
    case .i64: map(places, memory) { (a: T) -> Int64 in .init(saturating: wide(a)) }
    case .ui64: map(places, memory) { (a: T) -> UInt64 in .init(saturating: wide(a)) }
    case .f64: map(places, memory) { (a: T) -> Double in wide(a) }
    case .f32: map(places, memory) { (a: T) -> Float in Float(wide(a)) }
    case .bf16, .f16:
      let bits = result.bitsOfNarrow
      map(places, memory) { (a: T) -> UInt16 in bits(wide(a)) }
    }
  }

  // MARK: All types

  /// Comparisons and choices.
  @inline(__always)
  private func ordered<T: Comparable & BitwiseCopyable>(
    _: T.Type, _ places: Range<Int>, _ memory: ProgramMemory,
    greatest: (T, T) -> T, least: (T, T) -> T
  ) {
    switch operation {
    case .compare(.eq): map(places, memory) { (a: T, b: T) -> UInt8 in a == b ? 1 : 0 }
    case .compare(.ne): map(places, memory) { (a: T, b: T) -> UInt8 in a != b ? 1 : 0 }
    case .compare(.lt): map(places, memory) { (a: T, b: T) -> UInt8 in a < b ? 1 : 0 }
    case .compare(.le): map(places, memory) { (a: T, b: T) -> UInt8 in a <= b ? 1 : 0 }
    case .compare(.gt): map(places, memory) { (a: T, b: T) -> UInt8 in a > b ? 1 : 0 }
    case .compare: map(places, memory) { (a: T, b: T) -> UInt8 in a >= b ? 1 : 0 }
    case .select:
      map(places, memory) { (p: UInt8, a: T, b: T) -> T in p != 0 ? a : b }
    default: map(places, memory) { (low: T, x: T, high: T) -> T in least(greatest(x, low), high) }
    }
  }

  @inline(__always)
  private func map<A: BitwiseCopyable, R: BitwiseCopyable>(
    _ places: Range<Int>, _ memory: ProgramMemory, _ function: (A) -> R
  ) {
    let (a, step) = elements(0, A.self, memory)
    let out = memory.pointer(target).assumingMemoryBound(to: R.self)
    for i in places { out[i] = function(a[i &* step]) }
  }

  @inline(__always)
  private func map<A: BitwiseCopyable, B: BitwiseCopyable, R: BitwiseCopyable>(
    _ places: Range<Int>, _ memory: ProgramMemory, _ function: (A, B) -> R
  ) {
    let (a, stepA) = elements(0, A.self, memory)
    let (b, stepB) = elements(1, B.self, memory)
    let out = memory.pointer(target).assumingMemoryBound(to: R.self)
    for i in places { out[i] = function(a[i &* stepA], b[i &* stepB]) }
  }

  @inline(__always)
  private func map<
    A: BitwiseCopyable, B: BitwiseCopyable, C: BitwiseCopyable, R: BitwiseCopyable
  >(
    _ places: Range<Int>, _ memory: ProgramMemory, _ function: (A, B, C) -> R
  ) {
    let (a, stepA) = elements(0, A.self, memory)
    let (b, stepB) = elements(1, B.self, memory)
    let (c, stepC) = elements(2, C.self, memory)
    let out = memory.pointer(target).assumingMemoryBound(to: R.self)
    for i in places { out[i] = function(a[i &* stepA], b[i &* stepB], c[i &* stepC]) }
  }

  @inline(__always)
  private func elements<T: BitwiseCopyable>(
    _ index: Int, _: T.Type, _ memory: ProgramMemory
  ) -> (UnsafePointer<T>, Int) {
    let operand = operands[index]
    let start = memory.pointer(operand.location).assumingMemoryBound(to: T.self)
    return (UnsafePointer(start), operand.isScalar ? 0 : 1)
  }
}

extension DType {
  /// A number's bits in this type, of 16 bits; rounded once.
  fileprivate var bitsOfNarrow: (Double) -> UInt16 {
    self == .bf16
      ? { NarrowFloats.bfloat16Bits(Float(DType.bf16.rounding($0))) }
      : { NarrowFloats.float16Bits(Float(DType.f16.rounding($0))) }
  }
}

extension HostCompiler {
  /// An elementwise instruction that no loop can compute.
  ///
  /// - Returns: `false` for operations and types without a kernel.
  mutating func appendTyped(_ value: ValueID) -> Bool {
    let instruction = graph[value]
    // The predicate of a choice is a truth value, whatever is chosen.
    let dtype = graph.type(of: instruction.operands[instruction.operands.count / 2]).dtype
    guard TypedStep.supports(instruction.operation, dtype, result: instruction.type.dtype),
      instruction.type.elementCount > 0
    else { return false }
    var operands: [(slot: Slot, isScalar: Bool)] = []
    for operand in instruction.operands {
      let view = view(of: operand)
      let isScalar = view.offset == 0 && view.strides.allSatisfy { $0 == 0 }
      operands.append((isScalar ? slot(of: view.base) : denseSlot(of: operand), isScalar))
    }
    let target = define(value)
    builder.append(
      .init(reads: operands.map(\.slot), writes: [target]) { place in
        TypedStep(
          operation: instruction.operation, dtype: dtype, result: instruction.type.dtype,
          operands: operands.map { .init(location: place($0.slot), isScalar: $0.isScalar) },
          target: place(target), count: instruction.type.elementCount)
      })
    return true
  }
}
