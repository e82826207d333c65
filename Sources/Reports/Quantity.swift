internal import Foundation
internal import Units

/// Numbers with units, as a person reads them: three significant digits and a prefix.
package enum Quantity {
  /// `1.23 ms`, `4.5 µJ`, `123 TFLOP/s`: `value` in `unit` with the prefix that leaves 1 to 999.
  package static func engineering(_ value: Double, _ unit: String) -> String {
    guard value.isFinite else { return "\(value) \(unit)" }
    guard value != 0 else { return "0 \(unit)" }
    var index = prefixes.firstIndex { value.magnitude >= $0.factor } ?? prefixes.count - 1
    // 999.6 of a unit reads as 1.00 of the next.
    if index > 0, (value / prefixes[index].factor).magnitude >= 999.5 { index -= 1 }
    let prefix = prefixes[index]
    let gap = unit.isEmpty && prefix.symbol.isEmpty ? "" : " "
    return significant(value / prefix.factor) + gap + prefix.symbol + unit
  }

  /// `12.3 k cycles`, `830 cycles`: a count that need not be exact.
  package static func count(_ value: Double, _ noun: String) -> String {
    value.magnitude < 1000 && value == value.rounded()
      ? "\(Int(value)) \(noun)" : engineering(value, "") + " \(noun)"
  }

  /// `1,234,567`.
  package static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var result = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return value < 0 ? "-" + result : result
  }

  /// `97.82 %` of a share from 0 to 1.
  package static func percent(_ share: Double, decimals: Int = 1) -> String {
    share.isNaN ? "unknown" : fixed(100 * share, decimals) + " %"
  }

  /// `0:07`, `12:34`, `1:02:03`: time that is left.
  package static func countdown(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "-:--" }
    let total = Int(seconds.rounded(.up))
    let (hours, minutes) = (total / 3600, total / 60 % 60)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return hours > 0
      ? "\(hours):\(two(minutes)):\(two(total % 60))" : "\(minutes):\(two(total % 60))"
  }

  /// `value` with a fixed number of decimals.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }

  /// Three significant digits of a value from 1 to 999, trailing zeros kept; more where it is
  /// larger, as beyond the last prefix.
  private static func significant(_ value: Double) -> String {
    let size = value.magnitude
    return fixed(value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2)
  }

  private static let prefixes: [(factor: Double, symbol: String)] = [
    (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""), (1e-3, "m"),
    (1e-6, "µ"), (1e-9, "n"), (1e-12, "p"), (1e-15, "f"),
  ]
}
