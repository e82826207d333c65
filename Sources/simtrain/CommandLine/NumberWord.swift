internal import ArgumentParser

/// A number as it was typed. What it must be is known where it is used, so that whatever was typed
/// gets the sentence with the range.
struct NumberWord: ExpressibleByArgument, Hashable {
  let text: String

  init(argument: String) { text = argument }

  /// A whole number in `range`.
  ///
  /// - Throws: `CommandFailure.usage` with the range.
  func whole<Value: FixedWidthInteger & Sendable>(
    _ option: String, in range: ClosedRange<Value>
  ) throws(CommandFailure) -> Value {
    if let value = Value(text), range.contains(value) { return value }
    let limits = Self.limits(range)
    let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
    if !digits.isEmpty, digits.allSatisfy({ "0123456789".contains($0) }) {
      throw .usage("\(option) is \(text); it must be \(limits).")
    }
    throw .usage("\(option) is '\(text)'; it must be a whole number \(limits).")
  }

  /// `from 1 to 256`, `1 or more`.
  static func limits<Value: FixedWidthInteger>(_ range: ClosedRange<Value>) -> String {
    range.upperBound == .max && Value.isSigned
      ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
  }

  /// What a number that need not be whole must be.
  enum Bound: Sendable {
    case any, notNegative, positive, probability

    func holds(_ value: Double) -> Bool {
      switch self {
      case .any: true
      case .notNegative: value >= 0 && value.isFinite
      case .positive: value > 0 && value.isFinite
      case .probability: (0..<1).contains(value)
      }
    }

    var words: String {
      switch self {
      case .any: "a number"
      case .notNegative: "a finite number, 0 or more"
      case .positive: "a finite number above 0"
      case .probability: "0 or more and less than 1"
      }
    }
  }

  /// A number within `bound`.
  ///
  /// - Throws: `CommandFailure.usage` with the bound.
  func real(_ option: String, _ bound: Bound) throws(CommandFailure) -> Double {
    guard let value = Double(text) else {
      throw .usage("\(option) is '\(text)'; it must be \(bound.words).")
    }
    guard bound.holds(value) else {
      throw .usage("\(option) is \(value); it must be \(bound.words).")
    }
    return value
  }
}

extension NumberWord? {
  /// As for a number that is there; `nil` for one that was not given.
  func whole<Value: FixedWidthInteger & Sendable>(
    _ option: String, in range: ClosedRange<Value>
  ) throws(CommandFailure) -> Value? {
    if let self { try self.whole(option, in: range) } else { nil }
  }

  /// As for a number that is there; `nil` for one that was not given.
  func real(_ option: String, _ bound: NumberWord.Bound) throws(CommandFailure) -> Double? {
    if let self { try self.real(option, bound) } else { nil }
  }
}
