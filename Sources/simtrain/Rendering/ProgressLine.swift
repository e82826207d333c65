internal import Reports

/// One line that says how far training is.
struct ProgressLine {
  /// What the line begins with, such as which run of how many.
  var label: String?
  /// From 1.
  var epoch: Int
  var epochs: Int
  /// Steps done in the epoch.
  var step: Int
  var stepsPerEpoch: Int
  var loss: Double
  var samplesPerSecond: Double
  var secondsLeft: Double

  /// The line in at most `width` columns: what matters least goes first, the bar takes the rest.
  func text(width: Int) -> String {
    let head = (label.map { $0 + "  " } ?? "") + "epoch \(epoch)/\(epochs)"
    let total = "\(stepsPerEpoch)"
    let done = "\(step)"
    let count = String(repeating: " ", count: max(0, total.count - done.count)) + done + "/" + total
    let lossText = "loss " + Quantity.fixed(loss, 4)
    let left = Quantity.countdown(secondsLeft) + " left"
    let rate = Quantity.engineering(samplesPerSecond, "samples/s")
    var parts = [head, count, lossText, left, rate]
    while parts.count > 1, Self.joined(parts).count > width { parts.removeLast() }
    let line = Self.joined(parts)
    let room = width - line.count - 2
    guard room >= 12, parts.count == 5 else { return String(line.prefix(max(0, width))) }
    return Self.joined([head, bar(columns: min(room, 32))] + parts.dropFirst())
  }

  private func bar(columns: Int) -> String {
    let inner = columns - 2
    let share = stepsPerEpoch == 0 ? 0 : Double(step) / Double(stepsPerEpoch)
    let filled = min(inner, max(0, Int(share * Double(inner))))
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: ".", count: inner - filled) + "]"
  }

  private static func joined(_ parts: [String]) -> String { parts.joined(separator: "  ") }
}
