import GraphIR
import Testing

@Suite("Integers of 64 bits, exactly")
struct WideIntegerTests {
  private static let signed: [Int64] = [
    .min, .min + 1, -(1 << 53) - 1, -7, -1, 0, 1, 3, 63, 64, (1 << 53) + 1, .max - 1, .max,
  ]

  private func literal<T: FixedWidthInteger>(_ values: [T]) -> Literal {
    let type = TensorType([values.count], T.isSigned ? .i64 : .ui64)
    return values.withUnsafeBytes { Literal(type, bytes: $0) }
  }

  private func values<T: FixedWidthInteger>(_ literal: Literal, _: T.Type) -> [T] {
    literal.bytes.withUnsafeBytes { Array($0.bindMemory(to: T.self)) }
  }

  private func result(
    _ operands: [Literal], _ body: (inout GraphBuilder, [ValueID]) throws -> ValueID
  ) throws -> Literal {
    var builder = GraphBuilder(name: "main")
    let places = operands.enumerated().map { builder.parameter("p\($0)", $1.type) }
    builder.result("r", try body(&builder, places))
    return try ReferenceEvaluator.evaluate(builder.build(), operands)[0]
  }

  @Test("bytes come out as they went in, and neighbours beyond 2^53 differ")
  func bytes() {
    let literal = literal(Self.signed)
    #expect(values(literal, Int64.self) == Self.signed)
    #expect(self.literal([Int64.max]) != self.literal([Int64.max - 1]))
    #expect(self.literal([UInt64.max]).splat == 0x1p64)
    let greatest = Literal(.scalar(.i64), splat: Reducer.minimum.neutralElement(.i64))
    #expect(values(greatest, Int64.self) == [.max])
  }

  /// Every pair, by Swift's own arithmetic.
  private func check<T: FixedWidthInteger>(
    _ values: [T], _ op: BinaryOperation, _ expected: (T, T) -> T
  ) throws {
    let pairs = values.flatMap { a in values.map { (a, $0) } }
    let found = try result([literal(pairs.map(\.0)), literal(pairs.map(\.1))]) {
      try $0.binary(op, $1[0], $1[1])
    }
    #expect(self.values(found, T.self) == pairs.map { expected($0, $1) }, "\(op) \(T.self)")
  }

  private func checkAll<T: FixedWidthInteger>(_ values: [T]) throws {
    try check(values, .add) { $0 &+ $1 }
    try check(values, .subtract) { $0 &- $1 }
    try check(values, .multiply) { $0 &* $1 }
    try check(values, .maximum) { max($0, $1) }
    try check(values, .minimum) { min($0, $1) }
    try check(values, .xor) { $0 ^ $1 }
    // XLA: by 0, all bits and the dividend; the least number by −1 is itself.
    try check(values, .divide) { $1 == 0 ? ~0 : $0.dividedReportingOverflow(by: $1).partialValue }
    try check(values, .remainder) {
      $1 == 0 ? $0 : $0.remainderReportingOverflow(dividingBy: $1).partialValue
    }
    // A shift by a number below zero is one by too many bits.
    try check(values, .shiftLeft) { $1 < 0 ? 0 : $0 << $1 }
    try check(values, .shiftRightLogical) {
      $1 < 0 ? 0 : T(truncatingIfNeeded: UInt64(truncatingIfNeeded: $0) >> $1)
    }
    try check(values, .shiftRightArithmetic) {
      T(truncatingIfNeeded: Int64(truncatingIfNeeded: $0) >> ($1 < 0 ? 64 : $1))
    }
  }

  @Test("arithmetic is that of the processor, for every pair of remarkable numbers")
  func arithmetic() throws {
    try checkAll(Self.signed)
    try checkAll(Self.signed.map { UInt64(bitPattern: $0) })
  }

  @Test("comparisons know the sign, counts of bits the width")
  func comparisons() throws {
    let pairs = Self.signed.flatMap { a in Self.signed.map { (a, $0) } }
    let (a, b) = (pairs.map(\.0), pairs.map(\.1))
    let less = try result([literal(a), literal(b)]) { try $0.compare(.lt, $1[0], $1[1]) }
    #expect(less.elements == pairs.map { $0 < $1 ? 1 : 0 })
    let (u, v) = (a.map { UInt64(bitPattern: $0) }, b.map { UInt64(bitPattern: $0) })
    let above = try result([literal(u), literal(v)]) { try $0.compare(.ge, $1[0], $1[1]) }
    #expect(above.elements == zip(u, v).map { $0 >= $1 ? 1 : 0 })
    let zeros = try result([literal(a)]) { try $0.unary(.countLeadingZeros, $1[0]) }
    #expect(values(zeros, Int64.self) == a.map { Int64($0.leadingZeroBitCount) })
    let ones = try result([literal(u)]) { try $0.unary(.populationCount, $1[0]) }
    #expect(values(ones, UInt64.self) == u.map { UInt64($0.nonzeroBitCount) })
  }

  @Test(
    "to narrower integers the low bits, to floats the nearest, from floats the nearest there is")
  func conversions() throws {
    let x = literal(Self.signed)
    let narrow = try result([x]) { try $0.convert($1[0], to: .i32) }
    #expect(narrow.elements == Self.signed.map { Double(Int32(truncatingIfNeeded: $0)) })
    let byte = try result([x]) { try $0.convert($1[0], to: .ui8) }
    #expect(byte.elements == Self.signed.map { Double(UInt8(truncatingIfNeeded: $0)) })
    // 2^53 + 2^29 + 1 is above the middle of two floats, and a double is not.
    let tie: [Int64] = [(1 << 53) + (1 << 29) + 1]
    let single = try result([literal(tie)]) { try $0.convert($1[0], to: .f32) }
    #expect(single[0] == Double(Float(tie[0])))
    let floats = Literal(TensorType([5], .f32), [.nan, .infinity, -.infinity, 3e9, -1.5])
    let whole = try result([floats]) { try $0.convert($1[0], to: .i64) }
    #expect(values(whole, Int64.self) == [0, .max, .min, 3_000_000_000, -1])
    let natural = try result([floats]) { try $0.convert($1[0], to: .ui64) }
    #expect(values(natural, UInt64.self) == [0, .max, 0, 3_000_000_000, 0])
  }

  @Test("sums, sorts, slices and reads of bits keep every bit")
  func moves() throws {
    let numbers: [Int64] = [.max, (1 << 53) + 1, 1 << 53, .min, .max - 1, -1]
    let sum = try result([literal(numbers)]) { try $0.reduce(.add, $1[0], dimensions: [0]) }
    #expect(values(sum, Int64.self) == [numbers.reduce(0) { $0 &+ $1 }])
    let sorted = try result([literal(numbers)]) {
      try $0.sort([$1[0]], dimension: 0) { (b, e) throws(GraphError) in
        try b.compare(.lt, e[0], e[1])
      }[0]
    }
    #expect(values(sorted, Int64.self) == numbers.sorted())
    let turned = try result([literal(numbers)]) {
      try $0.append(.reverse(dimensions: [0]), [$1[0]])
    }
    #expect(values(turned, Int64.self) == numbers.reversed())
    let halves = try result([literal(numbers)]) {
      try $0.append(.bitcastConvert, [$1[0]], resultType: TensorType([6, 2], .ui32))
    }
    #expect(halves[0] == 0xFFFF_FFFF && halves[1] == 0x7FFF_FFFF)
  }
}
