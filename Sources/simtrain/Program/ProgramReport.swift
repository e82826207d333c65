internal import DeviceAPI
internal import Foundation
internal import GraphIR
internal import Reports
internal import RunLog

/// What `simtrain run` has to say.
struct ProgramReport {
  /// A result beside what was expected.
  struct Comparison {
    let name: String
    let type: TensorType
    /// Largest difference, and that relative to the largest magnitude that was expected; `nil` where
    /// nothing was expected. Infinite where one is a NaN and the other is not.
    let largest: Double?
    let relative: Double?

    init(name: String, found: Literal, expected: Literal?) {
      (self.name, type) = (name, found.type)
      guard let expected else {
        (largest, relative) = (nil, nil)
        return
      }
      var (difference, magnitude) = (0.0, 0.0)
      for index in 0..<found.type.elementCount {
        let (a, b) = (found[index], expected[index])
        if found.type == expected.type, type.dtype.isWide {
          // Two that differ may be the same number of binary64.
          let isSame = found.word(at: index).bitPattern == expected.word(at: index).bitPattern
          difference = max(difference, isSame ? 0 : max(1, abs(a - b)))
          magnitude = max(magnitude, abs(b))
          continue
        }
        if a == b || a.isNaN && b.isNaN {
          if b.isFinite { magnitude = max(magnitude, abs(b)) }; continue
        }
        difference = max(difference, (a - b).isNaN ? .infinity : abs(a - b))
        if b.isFinite { magnitude = max(magnitude, abs(b)) }
      }
      largest = difference
      relative = difference == 0 ? 0 : difference / max(magnitude, .leastNormalMagnitude)
    }
  }

  let program: String
  /// Operations of its graph, calls inlined.
  let operations: Int
  let device: String
  let config: String?
  let executions: Int
  let threads: Int
  /// `nil` where nothing was compared.
  let tolerance: Double?
  let comparisons: [Comparison]
  let profile: ExecutionProfile?
  let compileSeconds: Double
  let executionSeconds: Double
  /// How exactly products were asked to be computed.
  let precision: ProductPrecision?
  let deviation: ProgramDeviation?

  var cost: CostReport? {
    profile?.simulated.map { CostReport(step: $0, steps: executions, stepTitle: "execution") }
  }

  /// What to say where a result differs by more than the tolerance.
  var excess: String? {
    guard let tolerance,
      let worst = comparisons.filter({ $0.relative ?? 0 > tolerance || $0.relative?.isNaN == true })
        .max(by: { $0.relative ?? 0 < $1.relative ?? 0 })
    else { return nil }
    return
      "\(program): '\(worst.name)' differs by \(Self.short(worst.relative ?? 0)) of its largest "
      + "magnitude, and --tolerance is \(tolerance)."
  }

  static func short(_ value: Double) -> String {
    value == 0 ? "0" : value.isFinite ? String(format: "%.2e", value) : "\(value)"
  }

  var text: String {
    let place = config.map { "\(device) (\($0))" } ?? device
    let times = "\(Quantity.grouped(executions)) execution\(executions == 1 ? "" : "s")"
    var lines = [
      "\(program) on \(place): \(Quantity.grouped(operations)) operations, \(times)", "", "Results",
    ]
    let isCompared = tolerance != nil
    var table = TextTable(
      [.left, .left] + (isCompared ? [.right, .right, .left] : []))
    if isCompared { table.add(["", "type", "largest difference", "of its magnitude", ""]) }
    for comparison in comparisons {
      var cells = [comparison.name, "\(comparison.type)"]
      if let tolerance, let largest = comparison.largest, let relative = comparison.relative {
        cells += [
          Self.short(largest), Self.short(relative),
          relative <= tolerance ? "" : "above the tolerance",
        ]
      }
      table.add(cells)
    }
    lines += table.lines(indent: "  ")
    if let deviation { lines += [""] + deviation.lines }
    if let cost { lines += cost.lines(title: "\(config ?? device), \(times)") }
    var host = TextTable([.left, .left])
    host.add([
      "time",
      Quantity.engineering(executionSeconds, "s") + " (compilation "
        + Quantity.engineering(compileSeconds, "s") + " before)",
    ])
    host.add(["an execution", Quantity.engineering(executionSeconds / Double(executions), "s")])
    lines += ["", "Host"] + host.lines(indent: "  ")
    return lines.joined(separator: "\n") + "\n"
  }

  var json: JSONValue {
    .object(
      [
        .init("program", .text(program)), .init("device", .text(device)),
        .init("config", .optional(config)),
        .init("matmulPrecision", .optional(precision?.rawValue)),
        .init("operations", .integer(operations)),
        .init("executions", .integer(executions)), .init("threads", .integer(threads)),
        .init("tolerance", .optional(tolerance)),
        .init("isWithinTolerance", tolerance == nil ? .null : .flag(excess == nil)),
        .init(
          "results",
          .list(
            comparisons.map {
              .object([
                .init("name", .text($0.name)), .init("type", .text("\($0.type)")),
                .init("largestDifference", .optional($0.largest)),
                .init("relativeDifference", .optional($0.relative)),
              ])
            })),
      ] + CostReport.members(cost).filter { Self.isOfPrograms($0.key) } + [
        CostReport.dependences(cost),
        .init("compileSeconds", .real(compileSeconds)),
        .init("executionSeconds", .real(executionSeconds)),
      ] + (deviation.map { [.init("deviation", $0.json)] } ?? []))
  }

  /// Whether a figure says something of a program that is not about images and their evaluation.
  static func isOfPrograms(_ key: String) -> Bool {
    !key.contains("evaluation") && !key.contains("PerImage")
  }

  /// The figures as a run file's summary holds them.
  var summaryAttributes: [RunAttribute] {
    guard case .object(let members) = json else { return [] }
    return members.flatMap { TrainReport.attributes($0) }
  }
}

/// The run of a program as a run file: one executable, the figures as summary.
struct ProgramLog {
  let report: ProgramReport
  let run: ProgramRun

  func write(to path: String, replacing: Bool) throws {
    let writer = try RunWriter(
      path: path,
      header: RunHeader(
        generator: "simtrain \(Simtrain.version)", commandLine: CommandLine.arguments, seed: 0,
        device: report.device, dataset: run.request.inputs ?? "", model: report.program,
        hyperParameters: [
          RunAttribute("executions", .integer(Int64(report.executions))),
          RunAttribute("threads", .integer(Int64(report.threads))),
        ] + (report.precision.map { [RunAttribute("matmulPrecision", .text($0.rawValue))] } ?? [])
          + run.runDevice.productKernels(as: "productKernels"),
        config: run.runDevice.headerConfig),
      modelsCost: report.profile?.simulated != nil, replacesExisting: replacing,
      createsFolder: true, now: Surroundings.monotonicSeconds)
    if let profile = report.profile { writer.addExecutable(profile) }
    if let deviation = report.deviation { writer.addDeviations(deviation.records) }
    writer.finish(.finished, summary: report.summaryAttributes)
    if let failure = writer.failure { throw failure }
  }
}
