internal import Foundation

/// How the learning rate changes over a run, as a factor of the optimizer's own.
public enum LearningRateSchedule: Hashable, Sendable {
  /// 1 throughout.
  case constant
  /// `(1 + cos(π t)) / 2`, where `t` runs from 0 after the warm-up to 1 at the end of the run.
  ///
  /// - Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts",
  ///   ICLR 2017, equation 5, without restarts.
  case cosine
  /// Multiplied by `factor` after every `epochs` epochs.
  case step(epochs: Int, factor: Double)

  /// The factor in a step.
  ///
  /// During the warm-up it is `(step + 1) / warmupSteps`: a straight line up.
  ///
  /// - Parameter step: steps done before, from 0.
  package func factor(
    step: Int, warmupSteps: Int, stepsPerEpoch: Int, totalSteps: Int
  ) -> Double {
    if step < warmupSteps { return Double(step + 1) / Double(warmupSteps) }
    switch self {
    case .constant: return 1
    case .cosine:
      let length = max(1, totalSteps - warmupSteps)
      let share = min(1, Double(step - warmupSteps) / Double(length))
      return (1 + cos(.pi * share)) / 2
    case .step(let epochs, let factor):
      return pow(factor, Double(step / max(1, stepsPerEpoch) / max(1, epochs)))
    }
  }
}

extension LearningRateSchedule: CustomStringConvertible {
  /// As it is asked for: `constant`, `cosine`, `step:2:0.1`.
  public var description: String {
    switch self {
    case .constant: "constant"
    case .cosine: "cosine"
    case .step(let epochs, let factor): "step:\(epochs):\(factor)"
    }
  }

  /// Reads what `description` writes.
  ///
  /// - Throws: `TrainingError.invalidSetting`.
  package init(parsing text: String) throws(TrainingError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if parts == ["constant"] {
      self = .constant
    } else if parts == ["cosine"] {
      self = .cosine
    } else if parts.count == 3, parts[0] == "step", let epochs = Int(parts[1]), epochs >= 1,
      let factor = Double(parts[2]), factor > 0, factor <= 1
    {
      self = .step(epochs: epochs, factor: factor)
    } else {
      throw .invalidSetting(
        name: "learning-rate schedule", value: "'\(text)'",
        expected: Self.spelling)
    }
  }

  /// What `init(parsing:)` takes, for people.
  package static let spelling =
    "constant, cosine, or step:EPOCHS:FACTOR such as step:2:0.1 "
    + "(EPOCHS 1 or more, FACTOR above 0 and at most 1)"
}

extension LearningRateSchedule: Codable {
  /// From the text that `init(parsing:)` takes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do { try self.init(parsing: container.decode(String.self)) } catch let error as TrainingError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  /// As the text that `init(parsing:)` takes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
