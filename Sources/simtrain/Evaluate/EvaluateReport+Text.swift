internal import DeviceAPI
internal import Reports
internal import Units

extension EvaluateReport {
  /// The report as lines for a person.
  var text: String {
    let place = config.map { "\(device) (\($0))" } ?? device
    let count = rows.first?.metrics.count ?? 0
    var lines = [
      "\(model) on \(place), \(dataset): \(Quantity.grouped(count)) test images in batches of "
        + "\(Quantity.grouped(batchSize)), after \(Quantity.grouped(steps)) training steps"
    ]
    if let quantization { lines.append(quantization.text) }
    lines.append("")
    var table = TextTable([.left] + columns.map { _ in .right })
    table.add([""] + columns)
    for figure in Self.figures {
      let values = rows.map(figure.value)
      if values.allSatisfy({ $0 == nil }) { continue }
      var cells = values.map { $0.map(figure.text) ?? "-" }
      if rows.count > 1 { cells.append(difference(figure, values)) }
      table.add([figure.name] + cells)
    }
    lines += table.lines(indent: "  ")
    return lines.joined(separator: "\n") + "\n"
  }

  private var columns: [String] { rows.map(\.name) + (rows.count > 1 ? ["difference"] : []) }

  /// Points for shares, a plain difference for the loss, a ratio for what costs something.
  private func difference(_ figure: Figure, _ values: [Double?]) -> String {
    guard let first = values.first.flatMap(\.self), let last = values.last.flatMap(\.self) else {
      return "-"
    }
    switch figure.difference {
    case .points: return Self.signed(100 * (last - first), 2) + " points"
    case .absolute: return Self.signed(last - first, 4)
    case .ratio:
      if first <= 0 || last <= 0 { return "-" }
      let ratio = Quantity.fixed(max(first, last) / min(first, last), 2)
      return first == last ? "equal" : "\(ratio) x \(first > last ? "less" : "more")"
    }
  }

  private static func signed(_ value: Double, _ decimals: Int) -> String {
    (value < 0 ? "" : "+") + Quantity.fixed(value, decimals)
  }

  /// One line of the table.
  private struct Figure: Sendable {
    enum Difference { case points, absolute, ratio }

    let name: String
    let difference: Difference
    let text: @Sendable (Double) -> String
    let value: @Sendable (EvaluationRow) -> Double?
  }

  private static let figures: [Figure] = {
    let bytes = { @Sendable (value: Double) in Bytes(Int(value)).description }
    let count = { @Sendable (value: Double) in Quantity.grouped(Int(value)) }
    let joules = { @Sendable (value: Double) in Quantity.engineering(value, "J") }
    func cost(
      _ name: String, _ text: @escaping @Sendable (Double) -> String,
      _ value: @escaping @Sendable (EvaluationRow) -> Double?
    ) -> Figure {
      Figure(name: name, difference: .ratio, text: text, value: value)
    }
    return [
      Figure(
        name: "test accuracy", difference: .points,
        text: { Quantity.percent($0, decimals: 2) }, value: { $0.metrics.accuracy }),
      Figure(
        name: "test loss", difference: .absolute, text: { Quantity.fixed($0, 4) },
        value: { $0.metrics.loss }),
      cost("model size", bytes) { Double($0.modelBytes) },
      cost("cycles a batch", count) { $0.cost.map { Double($0.steady.cycles.count) } },
      cost("cycles of the first", count) { $0.cost.map { Double($0.cold.cycles.count) } },
      cost("cycles in all", count) { $0.total.map { Double($0.cycles.count) } },
      cost("DRAM bytes a batch", count) { $0.bytes(.offChip) },
      cost("CMEM bytes a batch", count) { $0.bytes(.cmem) },
      cost("on-chip bytes a batch", count) { $0.bytes(.onChip) },
      cost("energy a batch", joules) { $0.cost?.steady.energy.total.joules },
      cost("energy in all", joules) { $0.total?.energy.total.joules },
      cost("host time", { Quantity.engineering($0, "s") }) { $0.metrics.seconds },
    ]
  }()
}

extension QuantizationDescription {
  fileprivate var text: String {
    let weights = weights == .perChannel ? "a scale for each output" : "one scale a weight"
    let ranges =
      switch ranges {
      case .batch: "of each batch"
      case .calibration(let images): "from \(Quantity.grouped(images)) training images"
      case .training: "kept by quantization-aware training"
      }
    return "\(mode.rawValue): \(weights), ranges of activations \(ranges)"
  }
}

extension EvaluationRow {
  /// Bytes in both directions at a memory level in an execution.
  fileprivate func bytes(_ level: MemoryLevel) -> Double? {
    cost?.traffic(level).map { Double($0.total.count) }
  }
}
