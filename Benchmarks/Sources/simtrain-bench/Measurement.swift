/// Figures of one contestant, one a round.
struct Measurement {
  private(set) var values: [Double] = []

  mutating func add(_ value: Double) { values.append(value) }

  /// The middle value; the mean of the two in the middle where there are two. NaN without values.
  var median: Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  var mean: Double { values.reduce(0, +) / Double(values.count) }
  var least: Double { values.min() ?? .nan }
  var greatest: Double { values.max() ?? .nan }

  /// Round by round, this over the other: what both suffered in a round cancels.
  func ratios(to other: Measurement) -> Measurement {
    var ratios = Measurement()
    for (value, base) in zip(values, other.values) { ratios.add(value / base) }
    return ratios
  }

  func mapped(_ change: (Double) -> Double) -> Measurement {
    var result = Measurement()
    for value in values { result.add(change(value)) }
    return result
  }
}
