internal import Foundation

extension Double {
  /// With a fixed number of decimals: `3.14`.
  func fixed(_ decimals: Int) -> String {
    isNaN ? "-" : String(format: "%.\(decimals)f", self)
  }

  /// A whole number with its thousands apart: `152,000`.
  var grouped: String {
    guard isFinite else { return "-" }
    let digits = String(Int(rounded()))
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0, result != "-" { result.append(",") }
      result.append(digit)
    }
    return result
  }
}
