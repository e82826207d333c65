internal import Foundation
internal import Reports
internal import RunLog
internal import Units

/// A run and those that it continues.
struct RunChain {
  /// One run, as far as the next one continued it.
  struct Part {
    let path: String
    let status: RunStatus
    /// The number of its first step.
    let firstStep: Int
    var steps: [StepRecord]
    var epochs: [EpochRecord]
    /// Steps of an epoch; `nil` where the file does not say.
    let stepsPerEpoch: Int?

    /// The part before the step `next`: what a run did after its last checkpoint was done again.
    fileprivate func before(_ next: Int) -> Part {
      var part = self
      part.steps.removeAll { $0.step >= next }
      if let stepsPerEpoch { part.epochs.removeAll { $0.epoch > next / stepsPerEpoch } }
      return part
    }
  }

  /// The first run first; the last is that of the file that was asked for.
  let parts: [Part]
  /// Why the run before the first part is not here; `nil` if there was none.
  let gap: String?

  static let empty = RunChain(parts: [], gap: nil)

  private init(parts: [Part], gap: String?) {
    self.parts = parts
    self.gap = gap
  }

  /// The epochs of all parts.
  var epochs: [EpochRecord] { parts.flatMap(\.epochs) }

  /// Follows `report` back through the run files that it names.
  ///
  /// - Parameter visited: files that are in the chain already.
  init(of report: RunFileReport, visited: Set<FileIdentity>) {
    let part = Part(report)
    // From step 0 on there is nothing before.
    guard let continuation = report.header.continuation, continuation.firstStep > 0 else {
      (parts, gap) = ([part], nil)
      return
    }
    do throws(ChainGap) {
      let earlier = try Self.earlier(report, continuation, visited: visited)
      parts = earlier.chain.parts.map { $0.before(continuation.firstStep) } + [part]
      gap = earlier.chain.gap
    } catch { (parts, gap) = ([part], error.reason) }
  }

  private struct ChainGap: Error { let reason: String }

  private static func earlier(
    _ report: RunFileReport, _ continuation: RunHeader.Continuation, visited: Set<FileIdentity>
  ) throws(ChainGap) -> RunFileReport {
    guard let named = continuation.runFile else {
      throw ChainGap(reason: "the run before wrote no run file")
    }
    let folder = URL(filePath: report.path).deletingLastPathComponent()
    let beside = folder.appending(path: URL(filePath: named).lastPathComponent).path
    guard let path = [named, beside].first(where: FileManager.default.fileExists) else {
      throw ChainGap(reason: "\(named) is not there")
    }
    guard !visited.contains(FileIdentity(of: path)) else {
      throw ChainGap(reason: "\(path) was replaced by a run that continued it")
    }
    let earlier: RunFileReport
    do {
      earlier = try RunFileReport(
        UnverifiedFile.source(path, isVerified: report.isVerified), top: report.top,
        visited: visited)
    } catch {
      throw ChainGap(reason: CommandFailure(error).message ?? "\(error)")
    }
    let isSame =
      (earlier.header.seed, earlier.header.model, earlier.header.dataset)
      == (report.header.seed, report.header.model, report.header.dataset)
    let last = continuation.firstStep - 1
    guard isSame, last < 0 || earlier.steps.contains(where: { $0.step == last }) else {
      throw ChainGap(reason: "\(path) is another run by now")
    }
    return earlier
  }
}

extension RunChain.Part {
  fileprivate init(_ report: RunFileReport) {
    func integer(_ name: String) -> Int? {
      guard
        case .integer(let value) = report.header.hyperParameters.first(where: { $0.name == name })?
          .value
      else { return nil }
      return Int(value)
    }
    path = report.path
    status = report.status
    firstStep = report.header.continuation?.firstStep ?? 0
    steps = report.steps
    epochs = report.epochs
    if let images = integer("trainCount"), let batch = integer("batchSize"), batch > 0,
      images >= batch
    {
      stepsPerEpoch = images / batch
    } else {
      stepsPerEpoch = nil
    }
  }

  /// Cycles of the steps; `nil` where the device does not model them.
  var cycles: Cycles? { steps.totalCycles }
}

extension RunChain {
  /// A table of the runs, and what they came to together.
  var lines: [String] {
    var table = TextTable([.left, .right, .right, .right, .right, .left])
    table.add(["run file", "from step", "steps", "cycles", "energy", "status"])
    func add(_ title: String, _ first: String, _ steps: [StepRecord], _ status: String) {
      table.add([
        title, first, Quantity.grouped(steps.count),
        steps.totalCycles.map { Quantity.grouped($0.count) } ?? "-",
        steps.totalEnergy.map { Quantity.engineering($0.joules, "J") } ?? "-", status,
      ])
    }
    for part in parts {
      add(part.path, Quantity.grouped(part.firstStep), part.steps, part.status.title)
    }
    add("together", "", parts.flatMap(\.steps), "")
    return ["Runs of this training"] + table.lines(indent: "  ")
  }

  var json: JSONValue {
    .list(
      parts.map { part in
        .object([
          .init("path", .text(part.path)), .init("status", .text(part.status.rawValue)),
          .init("firstStep", .integer(part.firstStep)), .init("steps", .integer(part.steps.count)),
          .init("totalCycles", .optional(part.cycles?.count)),
          .init("energyJoules", .optional(part.steps.totalEnergy?.joules)),
        ])
      })
  }
}

extension [StepRecord] {
  /// Cycles of all steps; `nil` where the device does not model them.
  var totalCycles: Cycles? {
    contains { $0.cost != nil } ? reduce(.zero) { $0 + ($1.cost?.cycles ?? .zero) } : nil
  }

  /// Energy of all steps.
  var totalEnergy: Picojoules? {
    contains { $0.cost != nil } ? reduce(.zero) { $0 + ($1.cost?.energy ?? .zero) } : nil
  }
}
