internal import DeviceAPI
internal import Reports

/// One run of a comparison that is over.
struct ComparisonRow {
  /// From 1.
  let number: Int
  let settings: RunConfig
  let report: TrainReport
  /// Why the run ended before its time; `nil` if it did not.
  let failure: String?
  /// It trained to its last step; a run can fail in its file alone.
  let hasTrained: Bool

  var title: String { Self.title(settings) }

  /// `tpu-sim (tpu-v3), mixed-bf16, fusion on`.
  static func title(_ settings: RunConfig) -> String {
    let place =
      settings.device.config.map { "\(settings.device.name) (\($0))" } ?? settings.device.name
    return "\(place), \(settings.precision.policy), fusion \(settings.fusion)"
  }

  /// The figure; `nil` where the device does not model it or the run did not come to it: one of a
  /// whole training does not exist for the part of it that a failed run did.
  func value(_ figure: ComparisonFigure) -> Double? {
    hasTrained || figure == .operationsPerStep ? figure.value(report) : nil
  }

  /// The report of `train` in JSON, without the figures that the run did not come to.
  var members: [JSONValue.Member] {
    guard case .object(let members) = report.json else { return [] }
    return members.map { member in
      guard let figure = ComparisonFigure(rawValue: member.key), value(figure) == nil else {
        return member
      }
      return JSONValue.Member(member.key, .null)
    }
  }
}

/// What runs are compared by. Names are those of the JSON report of `train`.
enum ComparisonFigure: String, CaseIterable {
  case testAccuracy, testLoss, operationsPerStep, totalCycles, simulatedSeconds, trainSeconds
  case energyJoules, offChipBytes, cmemBytes, onChipBytes

  func value(_ report: TrainReport) -> Double? {
    switch self {
    case .testAccuracy: report.lastEpoch.map(\.evaluation.accuracy).flatMap { $0.isNaN ? nil : $0 }
    case .testLoss: report.lastEpoch?.evaluation.loss
    case .operationsPerStep: report.cost.map { Double($0.step.ops.count) }
    case .totalCycles: report.cost.map { Double($0.totalCycles.count) }
    case .simulatedSeconds: report.cost?.simulatedSeconds
    case .trainSeconds: report.summary.trainSeconds
    case .energyJoules: report.cost?.energy.total.joules
    case .offChipBytes: Self.bytes(report, .offChip)
    case .cmemBytes: Self.bytes(report, .cmem)
    case .onChipBytes: Self.bytes(report, .onChip)
    }
  }

  private static func bytes(_ report: TrainReport, _ level: MemoryLevel) -> Double? {
    report.cost?.traffic(level).map { Double($0.total.count) }
  }

  /// The name of the figure relative to the reference run.
  ///
  /// An accuracy is a difference in points of a hundred, everything else a ratio.
  var relativeName: String { self == .testAccuracy ? "testAccuracyPoints" : rawValue }

  /// `value` relative to that of the reference run; `nil` if that is 0, or one of them no number.
  func relative(_ value: Double, to reference: Double) -> Double? {
    if self == .testAccuracy { return 100 * (value - reference) }
    let ratio = value / reference
    return ratio.isFinite ? ratio : nil
  }
}
