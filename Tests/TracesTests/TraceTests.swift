import ConfigFiles
import DeviceAPI
import Foundation
import RunLog
import SystolicModel
import SystolicSim
import Testing
import Traces
import Training
import Units

@Suite("Traces of a training step")
struct TraceTests {
  /// A step of the default model on TPU v3, and a second executable.
  static let executables: [ExecutionProfile] = {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    guard
      let library = try? ConfigLibrary(
        explicit: root.appending(path: "Configs").path, currentDirectory: "/"),
      let chip = try? Chip.load("tpu-v3", library: library),
      let program = try? TrainingProgram(model: MLP(), optimizer: Adam(), batchSize: 32)
    else { return [] }
    let device = SystolicDevice(chip: chip)
    return [("training_step", program.step), ("evaluation", program.evaluation)].compactMap {
      name, graph in
      (try? device.cost(of: graph)).map { ExecutionProfile(name: name, simulated: $0) }
    }
  }()

  private static func step(_ number: Int) throws -> StepRecord {
    let cost = try #require(executables.first?.simulated)
    let (cold, steady) = (cost.cold.cycles.count, cost.steady.cycles.count)
    return StepRecord(
      step: number, loss: 1,
      cost: StepCost(
        executable: 0, start: Cycles(number == 0 ? 0 : cold + (number - 1) * steady),
        cycles: Cycles(number == 0 ? cold : steady), energy: .zero))
  }

  private static func traced(_ selection: TraceSelection) throws -> [TracedExecution] {
    try selection.executions(
      executables, steps: (0..<5).map { try step($0) }, file: "run.h5")
  }

  private static func events(_ executions: [TracedExecution]) throws -> [[String: Any]] {
    let document = try JSONSerialization.jsonObject(
      with: Data(ChromeTrace(executions).text.utf8))
    return try #require((document as? [String: Any])?["traceEvents"] as? [[String: Any]])
  }

  @Test(
    "slices are the schedule's: as many, as long, each unit busy for its cycles",
    arguments: [true, false])
  func slices(isCold: Bool) throws {
    let executions = try Self.traced(.execution(of: nil, isCold: isCold))
    let execution = try #require(executions.first)
    let slices = try Self.events(executions).filter { $0["ph"] as? String == "X" }
    #expect(slices.count == execution.schedule.timeline.events.count)
    #expect(slices.allSatisfy { $0["ts"] as? Double ?? -1 >= 0 })
    for (index, unit) in execution.schedule.units.enumerated() {
      let own = slices.filter { $0["tid"] as? Int == index + 1 }
      let microseconds = own.reduce(0) { $0 + ($1["dur"] as? Double ?? 0) }
      let cycles = microseconds * execution.clockMegahertz
      #expect(abs(cycles - Double(unit.busyCycles.count)) < 1e-6 * (1 + cycles), "\(unit.name)")
    }
    let bytes = slices.reduce(0) {
      $0 + (($1["args"] as? [String: Any])?["bytes"] as? Int ?? 0)
    }
    #expect(
      bytes == execution.schedule.timeline.events.reduce(0) { $0 + $1.bytes.count } && bytes > 0)
  }

  @Test(
    "tracks are named as the units; arrows come in pairs, from a transfer's end to a later start")
  func tracks() throws {
    let executions = try Self.traced(.execution(of: "training_step", isCold: true))
    let events = try Self.events(executions)
    let names = events.filter { $0["name"] as? String == "thread_name" }.compactMap {
      ($0["args"] as? [String: Any])?["name"] as? String
    }
    #expect(names == Self.executables[0].simulated?.unitNames)
    let starts = events.filter { $0["ph"] as? String == "s" }
    let ends = events.filter { $0["ph"] as? String == "f" }
    #expect(!starts.isEmpty && starts.count == ends.count)
    for (start, end) in zip(starts, ends) {
      #expect(start["id"] as? String == end["id"] as? String)
      #expect(start["ts"] as? Double ?? .infinity < end["ts"] as? Double ?? 0)
    }
    #expect(Set(starts.compactMap { $0["id"] as? String }).count == starts.count)
  }

  @Test("counters: bandwidth integrates to the bytes, memory is the occupancy and ends empty")
  func counters() throws {
    let executions = try Self.traced(.execution(of: nil, isCold: true))
    let execution = try #require(executions.first)
    let counters = try Self.events(executions).filter { $0["ph"] as? String == "C" }
    func series(_ name: String, _ key: String) -> [(time: Double, value: Double)] {
      counters.filter { $0["name"] as? String == name }.map {
        ($0["ts"] as? Double ?? 0, ($0["args"] as? [String: Any])?[key] as? Double ?? -1)
      }
    }
    let rates = series("transfers", "GB/s")
    var bytes = 0.0
    for (now, next) in zip(rates, rates.dropFirst()) {
      bytes += now.value * 1e9 * (next.time - now.time) * 1e-6
    }
    let moved = execution.schedule.timeline.events.reduce(0) { $0 + $1.bytes.count }
    #expect(abs(bytes / Double(moved) - 1) < 1e-4 && rates.last?.value == 0)
    let memory = series("on-chip memory", "bytes")
    #expect(memory.count == execution.cost.occupancy.count && memory.last?.value == 0)
  }

  @Test(
    "steps lie one after another as they ran, the first one cold; selections that are not there")
  func steps() throws {
    let executions = try Self.traced(.steps(0...3))
    #expect(executions.map(\.step) == [0, 1, 2, 3])
    #expect(executions.map(\.isCold) == [true, false, false, false])
    let cost = try #require(Self.executables.first?.simulated)
    for (first, second) in zip(executions.dropFirst(), executions.dropFirst(2)) {
      #expect(second.origin - first.origin == cost.steady.cycles.count)
    }
    func sentence(_ selection: TraceSelection) -> String {
      do {
        _ = try Self.traced(selection)
        return ""
      } catch { return "\(error)" }
    }
    #expect(sentence(.steps(3...9)) == "run.h5: has steps 0 to 4; found 3..9.")
    #expect(sentence(.steps(7...9)).contains("none of 7..9"))
    #expect(
      sentence(.execution(of: "nothing", isCold: false))
        == "run.h5: there is no executable 'nothing'. Use one of: training_step, evaluation.")
  }

  @Test("a line of the table has every column, and quotes what needs it")
  func table() throws {
    let executions = try Self.traced(.steps(1...1))
    let lines = TimelineCSV(executions).text.split(separator: "\n")
    #expect(lines.count == 1 + executions[0].schedule.timeline.events.count)
    #expect(lines[0].split(separator: ",").count == TimelineCSV.columns.count)
    #expect(lines[1].hasPrefix("training_step,1,"))
  }
}
