internal import GraphIR

/// A program of StableHLO operations, as its text or its bytecode states it: names, attributes and types,
/// before anybody asks what they mean.
///
/// Both readers give the same tree. Attributes have the names that VHLO gives them, where each number and
/// list stands by itself (`lhs_contracting_dimensions`, not `dot_dimension_numbers`).
package struct OperationTree: Hashable, Sendable {
  /// In the order of the file.
  package var functions: [TreeFunction] = []
  /// What is said of the whole: `mhlo.num_partitions`.
  package var attributes: [String: TreeAttribute] = [:]

  /// The function of a name.
  package func function(_ name: String) -> TreeFunction? { functions.first { $0.name == name } }
}

/// A function: values are numbered from 0 on, arguments first.
package struct TreeFunction: Hashable, Sendable {
  package var name: String
  /// By argument: what is said of it, `tf.aliasing_output`.
  package var argumentAttributes: [[String: TreeAttribute]] = []
  package var resultAttributes: [[String: TreeAttribute]] = []
  package var resultTypes: [TreeType] = []
  /// The type of each value.
  package var types: [TreeType] = []
  package var body = TreeRegion()
  package var place: SourcePlace
}

/// Operations one after another, the last of which returns.
package struct TreeRegion: Hashable, Sendable {
  package var arguments: [Int] = []
  package var operations: [TreeOperation] = []
}

package struct TreeOperation: Hashable, Sendable {
  /// Without the dialect if that is `stablehlo`, `vhlo` or `func`: `add`, `return`, `chlo.erf`.
  package var name: String
  package var operands: [Int] = []
  package var results: [Int] = []
  package var attributes: [String: TreeAttribute] = [:]
  package var regions: [TreeRegion] = []
  package var place: SourcePlace
}

/// The type of a value.
package enum TreeType: Hashable, Sendable {
  /// The element type as MLIR writes it: `f32`, `ui8`.
  case tensor(shape: [Int], element: String)
  /// Something that is no tensor: `!stablehlo.token`.
  case other(String)
}

extension TreeType: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tensor(let shape, let element):
      "tensor<" + shape.map { "\($0)x" }.joined() + element + ">"
    case .other(let text): text
    }
  }
}

/// What is said of an operation.
package enum TreeAttribute: Hashable, Sendable {
  case integer(Int)
  case real(Double)
  case flag(Bool)
  case text(String)
  /// A word of a closed set, `HIGHEST`.
  case word(String)
  /// The name of a function.
  case symbol(String)
  case type(TreeType)
  case list([TreeAttribute])
  case dictionary([String: TreeAttribute])
  case elements(TreeElements)
  /// It is there, and says nothing.
  case unit
}

/// The elements of a constant.
package struct TreeElements: Hashable, Sendable {
  package var shape: [Int]
  package var element: String
  /// Little-endian and row-major; an `i1` is a byte. Of one element if all are alike.
  package var bytes: [UInt8]
  package var isSplat: Bool

  /// The elements of a list of integers, repeated where all are alike.
  package var integers: [Int]? {
    guard let width = TreeElements.byteCount(of: element) else { return nil }
    let isSigned = element.hasPrefix("i") && element != "i1"
    let found = stride(from: 0, to: bytes.count, by: width).map { start in
      var bits: UInt64 = 0
      for index in 0..<width { bits |= UInt64(bytes[start + index]) << UInt64(8 * index) }
      let shift = UInt64(64 - 8 * width)
      return isSigned
        ? Int(Int64(bitPattern: bits << shift) >> Int64(shift)) : Int(truncatingIfNeeded: bits)
    }
    guard isSplat, let first = found.first else { return found }
    let count = shape.reduce(1, *)
    return count <= 1 << 16 ? [Int](repeating: first, count: count) : nil
  }

  /// The number whose bytes come first; NaN where a graph has no such type.
  static func real(_ bytes: [UInt8], _ element: String) -> Double {
    bytes.withUnsafeBytes { raw in
      guard let dtype = DType(rawValue: element), raw.count >= dtype.byteCount,
        let start = raw.baseAddress
      else { return .nan }
      return dtype.number(dtype.load(at: 0, from: start))
    }
  }

  /// Bytes of an element in memory; `nil` for a type that has no bytes of its own.
  package static func byteCount(of element: String) -> Int? {
    switch element {
    case "i1", "i8", "ui8", "f8E4M3FN", "f8E5M2": 1
    case "i16", "ui16", "f16", "bf16": 2
    case "i32", "ui32", "f32": 4
    case "i64", "ui64", "f64", "index": 8
    default: nil
    }
  }
}

/// Where something stands in a program's file.
package enum SourcePlace: Hashable, Sendable {
  case text(line: Int, column: Int)
  case byte(Int)
}

extension SourcePlace: CustomStringConvertible {
  package var description: String {
    switch self {
    case .text(let line, let column): "\(line):\(column)"
    case .byte(let offset): "byte \(offset)"
    }
  }
}

/// Why a program cannot be read: in one line, where and what was expected.
package struct StableHLOError: Error, Hashable, Sendable, CustomStringConvertible {
  package var place: SourcePlace
  package var reason: String

  package init(_ place: SourcePlace, _ reason: String) {
    self.place = place
    // Names are of the program, which may write anything: the reason stays one line.
    self.reason =
      reason.utf8.contains { $0 < 0x20 || $0 == 0x7f }
      ? String(
        String.UnicodeScalarView(
          reason.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "\u{fffd}" : $0 }))
      : reason
  }

  package var description: String { "\(place): \(reason)" }
}
