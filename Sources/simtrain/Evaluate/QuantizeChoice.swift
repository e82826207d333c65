internal import GraphPasses

/// How a model is to be quantized, as it is asked for.
struct QuantizeChoice: Hashable {
  /// What `--quantize` says.
  enum Mode: String, CaseIterable {
    case none
    case dynamic = "int8-dynamic"
    case `static` = "int8-static"
  }

  /// `dynamic` or `static`.
  let mode: Mode
  let weights: WeightScales
  /// Images for the ranges of `static`; `nil` if the user did not say.
  let calibrationImages: Int?

  /// Images that are calibrated with unless the user says otherwise.
  static let defaultCalibrationImages = 512

  /// - Returns: `nil` if nothing is to be quantized.
  /// - Throws: `CommandFailure.usage` for options that do not belong together.
  static func parse(_ command: EvaluateCommand) throws(CommandFailure) -> QuantizeChoice? {
    let mode = try command.quantize.map { name throws(CommandFailure) in
      try TrainRequest.choice(Mode.self, name, "way to quantize")
    }
    if command.perTensor && command.perChannel {
      throw .usage("--per-tensor and --per-channel contradict each other. Leave one out.")
    }
    let count = try command.calibrationImages.whole("--calibration-images", in: 1...Int.max)
    if let count, mode != .static {
      throw .usage(
        "--calibration-images \(count): only --quantize int8-static calibrates. "
          + "Leave the option out, or ask for int8-static.")
    }
    guard let mode, mode != .none else {
      if command.perTensor || command.perChannel {
        throw .usage(
          "--\(command.perTensor ? "per-tensor" : "per-channel"): nothing is quantized. "
            + "Add --quantize int8-dynamic or --quantize int8-static.")
      }
      return nil
    }
    return QuantizeChoice(
      mode: mode, weights: command.perTensor ? .perTensor : .perChannel,
      calibrationImages: count)
  }
}
