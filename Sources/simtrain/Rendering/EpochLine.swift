internal import Reports

/// One line that says what an epoch came to.
struct EpochLine {
  /// What the line begins with, such as which run of how many.
  var label: String?
  /// From 1.
  var epoch: Int
  var epochs: Int
  var trainLoss: Double
  var testLoss: Double
  /// 0 to 1.
  var testAccuracy: Double
  var samplesPerSecond: Double
  var seconds: Double

  /// The line in at most `width` columns, if it can be: what matters least goes first.
  func text(width: Int?) -> String {
    let head = (label.map { $0 + "  " } ?? "") + "epoch \(epoch)/\(epochs)"
    let loss = Quantity.fixed(trainLoss, 4)
    let accuracy = Quantity.percent(testAccuracy, decimals: 2)
    let losses = ["train loss \(loss)", "test loss \(Quantity.fixed(testLoss, 4))"]
    let rate = Quantity.engineering(samplesPerSecond, "samples/s")
    let time = Quantity.engineering(seconds, "s")
    let forms = [
      losses + ["test accuracy \(accuracy)", rate, time],
      losses + ["test accuracy \(accuracy)", rate],
      losses + ["test accuracy \(accuracy)"],
      [losses[0], "test accuracy \(accuracy)"], ["loss \(loss)", "accuracy \(accuracy)"],
      ["accuracy \(accuracy)"], [accuracy],
    ].map { ([head] + $0).joined(separator: "  ") }
    guard let width else { return forms[0] }
    return forms.first { $0.count <= width } ?? forms[forms.count - 1]
  }
}
