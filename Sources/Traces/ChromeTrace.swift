internal import DeviceAPI
internal import Reports
internal import Units

/// Executions as Chrome's trace events, which Perfetto's page and chrome://tracing show: a process an
/// executable, a thread a unit, a slice an instruction; counters of DRAM bandwidth and of VMEM in use; and
/// an arrow from the transfer that an instruction waited for.
///
/// - Source: "Trace Event Format", Google, 2016: events `M`, `X`, `C`, `s`, `f`; times in microseconds.
package struct ChromeTrace {
  private let executions: [TracedExecution]
  /// In the order in which they first run: their place is the number of the process.
  private let executables: [String]

  package init(_ executions: [TracedExecution]) {
    self.executions = executions
    var names: [String] = []
    for execution in executions where !names.contains(execution.executable) {
      names.append(execution.executable)
    }
    executables = names
  }

  /// The document, an event a line.
  package var text: String {
    var events = names
    for execution in executions { events += self.events(of: execution) }
    return "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [\n" + events.joined(separator: ",\n")
      + "\n]}\n"
  }

  private func process(_ execution: TracedExecution) -> Int {
    1 + (executables.firstIndex(of: execution.executable) ?? 0)
  }

  // MARK: Names

  private var names: [String] {
    var lines: [String] = []
    for (index, name) in executables.enumerated() {
      guard let execution = executions.first(where: { $0.executable == name }) else { continue }
      lines.append(Self.metadata("process_name", index + 1, 0, name))
      for (unit, title) in execution.cost.unitNames.enumerated() {
        lines.append(Self.metadata("thread_name", index + 1, unit + 1, title))
        lines.append(
          "{\"ph\": \"M\", \"name\": \"thread_sort_index\", \"pid\": \(index + 1), "
            + "\"tid\": \(unit + 1), \"args\": {\"sort_index\": \(unit)}}")
      }
    }
    return lines
  }

  private static func metadata(_ kind: String, _ pid: Int, _ tid: Int, _ name: String) -> String {
    "{\"ph\": \"M\", \"name\": \"\(kind)\", \"pid\": \(pid), \"tid\": \(tid), "
      + "\"args\": {\"name\": \(quoted(name))}}"
  }

  // MARK: Events

  private func events(of execution: TracedExecution) -> [String] {
    let pid = process(execution)
    let events = execution.schedule.timeline.events
    var lines: [String] = []
    lines.reserveCapacity(events.count)
    let place = "\"pid\": \(pid), \"tid\": "
    for event in events {
      lines.append(
        "{\"ph\": \"X\", \"name\": \(Self.quoted(name(of: event, execution))), "
          + "\"cat\": \"\(event.kind.rawValue)\", \"ts\": \(execution.microseconds(event.start)), "
          + "\"dur\": \(Double(event.end - event.start) / execution.clockMegahertz), "
          + "\(place)\(event.unit + 1), \"args\": \(arguments(of: event, execution))}")
    }
    return lines + flows(of: execution, pid) + bandwidth(of: execution, pid)
      + memory(of: execution, pid)
  }

  /// Of a transfer its tensor, of others their operation.
  private func name(of event: TimelineEvent, _ execution: TracedExecution) -> String {
    if let tensor = event.tensor { return execution.cost.tensors[tensor].name }
    return execution.cost.ops[event.op].name
  }

  private func arguments(of event: TimelineEvent, _ execution: TracedExecution) -> String {
    let op = execution.cost.ops[event.op]
    var members = [
      "\"op\": \(Self.quoted(op.name))", "\"computes\": \(Self.quoted(op.kind))",
      "\"startCycle\": \(event.start)", "\"cycles\": \(event.end - event.start)",
    ]
    if event.bytes > .zero { members.append("\"bytes\": \(event.bytes.count)") }
    if let cause = event.waitedFor { members.append("\"waitedFor\": \"\(cause.rawValue)\"") }
    if let step = execution.step { members.append("\"step\": \(step)") }
    return "{" + members.joined(separator: ", ") + "}"
  }

  // MARK: Arrows

  /// From the last transfer that ended before an instruction that waited for one.
  private func flows(of execution: TracedExecution, _ pid: Int) -> [String] {
    let events = execution.schedule.timeline.events
    let transfers = events.filter { $0.kind == .transfer }.sorted { $0.end < $1.end }
    var lines: [String] = []
    var next = 0
    var last: TimelineEvent?
    for event in events where event.kind != .transfer && event.waitedFor == .dma {
      while next < transfers.count && transfers[next].end <= event.start {
        last = transfers[next]
        next += 1
      }
      guard let last else { continue }
      // A number that no other arrow of the file has.
      let id = "\(pid).\(execution.origin).\(event.unit).\(event.start)"
      func end(_ phase: String, _ unit: Int, _ cycle: Int, _ more: String) -> String {
        "{\"ph\": \"\(phase)\", \"name\": \"waits for\", \"cat\": \"dma\", \"id\": \"\(id)\", "
          + "\"pid\": \(pid), \"tid\": \(unit + 1), "
          + "\"ts\": \(execution.microseconds(cycle))\(more)}"
      }
      lines.append(end("s", last.unit, last.end - 1, ""))
      lines.append(end("f", event.unit, event.start, ", \"bp\": \"e\""))
    }
    return lines
  }

  // MARK: Counters

  private func counter(
    _ name: String, _ key: String, _ cycle: Int, _ value: Double, _ execution: TracedExecution,
    _ pid: Int
  ) -> String {
    "{\"ph\": \"C\", \"name\": \"\(name)\", \"pid\": \(pid), "
      + "\"ts\": \(execution.microseconds(cycle)), \"args\": {\"\(key)\": \(value)}}"
  }

  /// Bytes that transfers move, a second, while they last.
  private func bandwidth(of execution: TracedExecution, _ pid: Int) -> [String] {
    var changes: [(cycle: Int, rate: Double)] = []
    for event in execution.schedule.timeline.events where event.bytes > .zero {
      let rate = Double(event.bytes.count) / Double(max(1, event.end - event.start))
      changes.append((event.start, rate))
      changes.append((event.end, -rate))
    }
    changes.sort { ($0.cycle, $0.rate) < ($1.cycle, $1.rate) }
    var lines: [String] = []
    var rate = 0.0
    for (index, change) in changes.enumerated() {
      rate += change.rate
      if index + 1 < changes.count && changes[index + 1].cycle == change.cycle { continue }
      // What rounding leaves is nothing.
      let gigabytes = max(0, (rate * execution.clockMegahertz * 1e-3 * 1e6).rounded() / 1e6)
      lines.append(counter("transfers", "GB/s", change.cycle, gigabytes, execution, pid))
    }
    return lines
  }

  /// On-chip bytes in use, which are known of the first execution.
  private func memory(of execution: TracedExecution, _ pid: Int) -> [String] {
    guard execution.isCold else { return [] }
    return execution.cost.occupancy.map {
      counter("on-chip memory", "bytes", $0.cycle, Double($0.bytes.count), execution, pid)
    }
  }

  private static func quoted(_ text: String) -> String { JSONValue.text(text).text() }
}
