extension Int {
  /// The product of `factors`, or `nil` where 64 bits do not hold it.
  static func checkedProduct(_ factors: Int...) -> Int? {
    var product = 1
    for factor in factors {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      product = next
    }
    return product
  }

  /// Adds `other`; `false`, and no change, where 64 bits do not hold the sum.
  mutating func addChecked(_ other: Int) -> Bool {
    let (sum, overflow) = addingReportingOverflow(other)
    if !overflow { self = sum }
    return !overflow
  }
}
