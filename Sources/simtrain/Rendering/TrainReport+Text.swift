internal import Reports
internal import Units

extension TrainReport {
  /// The report as lines for a person.
  var text: String {
    var lines = [headline, ""]
    lines += resultLines
    if let cost { lines += cost.lines(title: "\(config ?? device), training steps") }
    lines += [""] + hostLines
    return lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    let place = config.map { "\(device) (\($0))" } ?? device
    return "\(model) on \(place), \(dataset): \(epochsCompleted) of \(epochs) epochs, "
      + "\(Quantity.grouped(summary.stepsExecuted)) steps of \(batchSize) images"
      + (shards > 1 ? " in \(shards) shards" : "")
      + ((cores ?? 1) > 1 ? " on \(cores ?? 1) cores" : "")
      + (stepsCompleted > summary.stepsExecuted
        ? " (\(Quantity.grouped(stepsCompleted)) in all)" : "")
      + (summary.isInterrupted ? ", interrupted" : "")
  }

  private var resultLines: [String] {
    var table = TextTable([.left, .left])
    if let epoch = lastEpoch {
      let evaluation = epoch.evaluation
      table.add([
        "test accuracy",
        evaluation.accuracy.isNaN
          ? "not measured: give --predict"
          : Quantity.percent(evaluation.accuracy, decimals: 2)
            + " (\(Quantity.grouped(evaluation.correct)) of \(Quantity.grouped(evaluation.count)))",
      ])
      table.add(["test loss", Quantity.fixed(evaluation.loss, 4)])
      table.add(["train loss", Quantity.fixed(epoch.trainLoss, 4) + " (mean of the last epoch)"])
    } else {
      table.add(["test accuracy", "not measured: no epoch has ended"])
    }
    table.add(["precision", precisionText])
    if let lossScale {
      table.add(["loss scale", Quantity.fixed(Double(lossScale.scale), 0)])
      table.add([
        "skipped steps",
        Quantity.grouped(lossScale.skippedSteps) + " (a gradient was infinite or undefined)",
      ])
    }
    if fusion != .on { table.add(["fusion", fusion.rawValue]) }
    if let lastLoss { table.add(["last step's loss", Quantity.fixed(lastLoss, 4)]) }
    return ["Result"] + table.lines(indent: "  ")
  }

  private var precisionText: String {
    precision.policy.rawValue
      + (precision.usesStochasticRounding ? ", new state rounded by chance" : "")
      + (quantizeAware ? ", quantization-aware: evaluated as if in int8" : "")
  }

  private var hostLines: [String] {
    var table = TextTable([.left, .left])
    table.add([
      "time",
      Quantity.engineering(hostSeconds, "s")
        + " (training steps \(Quantity.engineering(summary.trainSeconds, "s")), "
        + "compilation of the step \(Quantity.engineering(compileSeconds, "s")) before)",
    ])
    table.add(["rate", Quantity.engineering(samplesPerSecond, "samples/s")])
    if let slowdown {
      table.add(["slowdown", Self.factor(slowdown) + " the simulated time"])
    }
    table.add(["peak memory", Bytes(peakMemoryBytes).description])
    if let runFile {
      table.add(["run file", runFile + (runFileBytes.map { " (\(Bytes($0)))" } ?? "")])
    }
    if let checkpoint { table.add(["checkpoint", checkpoint]) }
    return ["Host"] + table.lines(indent: "  ")
  }

  /// `12.3 x`.
  private static func factor(_ value: Double) -> String {
    (value < 1000 ? Quantity.fixed(value, value < 10 ? 2 : 1) : Quantity.grouped(Int(value)))
      + " x"
  }
}
