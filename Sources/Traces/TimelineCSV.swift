internal import DeviceAPI
internal import Units

/// Executions as comma-separated values, a line an instruction.
///
/// - Source: RFC 4180, for fields that need quotes.
package struct TimelineCSV {
  private let executions: [TracedExecution]

  package init(_ executions: [TracedExecution]) { self.executions = executions }

  /// The columns, as the first line has them; a step, a cause and a tensor may be empty.
  package static let columns = [
    "executable", "step", "unit", "op", "kind", "startCycle", "endCycle", "startMicroseconds",
    "endMicroseconds", "waitedFor", "tensor", "bytes",
  ]

  package var text: String {
    var lines = [Self.columns.joined(separator: ",")]
    for execution in executions {
      let cost = execution.cost
      for event in execution.schedule.timeline.events {
        let fields = [
          Self.field(execution.executable), execution.step.map(String.init) ?? "",
          Self.field(cost.unitNames[event.unit]), Self.field(cost.ops[event.op].name),
          event.kind.rawValue, "\(execution.origin + event.start)",
          "\(execution.origin + event.end)", "\(execution.microseconds(event.start))",
          "\(execution.microseconds(event.end))", event.waitedFor?.rawValue ?? "",
          event.tensor.map { Self.field(cost.tensors[$0].name) } ?? "", "\(event.bytes.count)",
        ]
        lines.append(fields.joined(separator: ","))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func field(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
