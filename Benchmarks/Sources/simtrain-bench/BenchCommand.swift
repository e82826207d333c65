internal import ArgumentParser
internal import ConfigFiles
internal import Datasets
internal import Foundation

/// The benchmark: everything side by side in one run.
@main
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simtrain-bench",
    abstract: "Measure simtrain on this machine; 'make bench' runs it.",
    subcommands: [MeasureCommand.self, ContestCommand.self],
    defaultSubcommand: MeasureCommand.self)
}

/// A part of the benchmark.
enum BenchmarkPart: String, CaseIterable, ExpressibleByArgument {
  case training, plugins, models, fusion, compile, products, int8, runs, estimates, quantization,
    scalesim
}

struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Measure and print tables (default).")

  @Option(help: "The simtrain to measure.") var simtrain: String
  @Option(help: "A Python with torch and jax; without it they are left out.") var python: String?
  @Option(
    name: .customLong("scalesim-python"),
    help: "A Python with scalesim; without it SCALE-Sim is left out.")
  var scaleSimPython: String?
  @Option(help: "A PJRT plugin for this processor; without it 'plugins' is left out.")
  var plugin: String?
  @Option(help: "The Benchmarks folder.") var folder: String
  @Option(help: "The Configs folder.") var configs: String
  @Option(help: "Also write the tables to this file, as Markdown.") var output: String?
  @Option(help: "Rounds of each measurement, at least 5 for figures to quote.") var rounds = 5
  @Option(help: "Only this part; repeatable.") var only: [BenchmarkPart] = []

  func run() throws {
    let thresholds = try ConfigDocument(contentsOf: "\(folder)/thresholds.yaml")
      .decode(Thresholds.self)
    var report = Report()
    report.remark(machine())
    for part in BenchmarkPart.allCases where only.isEmpty || only.contains(part) {
      try measure(part, thresholds, &report)
    }
    if let output {
      try "# simtrain, measured\n".appending(report.markdown)
        .write(toFile: output, atomically: true, encoding: .utf8)
    }
  }

  private func measure(
    _ part: BenchmarkPart, _ thresholds: Thresholds, _ report: inout Report
  ) throws {
    switch part {
    case .training:
      let speed = TrainingSpeed(
        executable: CommandLine.arguments[0], python: python, pythonFolder: "\(folder)/python",
        dataFolder: try dataFolder(), configs: configs, rounds: rounds, thresholds: thresholds)
      for threads in [1, 2] where threads <= ProcessInfo.processInfo.activeProcessorCount {
        try speed.measure(threads: threads, into: &report)
      }
    case .plugins:
      try PluginSpeed(
        executable: CommandLine.arguments[0], python: python, plugin: plugin,
        pythonFolder: "\(folder)/python", dataFolder: try dataFolder(), configs: configs,
        rounds: rounds, thresholds: thresholds
      ).measure(into: &report)
    case .models:
      try ModelSpeed(
        executable: CommandLine.arguments[0], python: python, pythonFolder: "\(folder)/python",
        dataFolder: try dataFolder(), configs: configs, rounds: rounds, thresholds: thresholds
      ).measure(into: &report)
    case .fusion:
      try FusionGain(executable: CommandLine.arguments[0], configs: configs, rounds: rounds)
        .measure(into: &report)
    case .compile:
      try CompileTime(
        library: try configLibrary(configs), simtrain: simtrain, rounds: rounds,
        thresholds: thresholds
      ).measure(into: &report)
    case .products:
      try ProductSpeed(rounds: rounds, thresholds: thresholds).measure(into: &report)
    case .int8:
      try Int8Speed(rounds: rounds, thresholds: thresholds).measure(into: &report)
    case .estimates:
      try EstimateSpeed(
        library: try configLibrary(configs), workloads: "\(configs)/Workloads", rounds: rounds,
        thresholds: thresholds
      ).measure(into: &report)
    case .quantization:
      let data = try DatasetDirectory(
        explicit: nil, environment: ProcessInfo.processInfo.environment)
      try QuantizationFigures(
        simtrain: simtrain, python: python, script: "\(folder)/python/quantize_contest.py",
        dataFolder: "\(data.path)/\(DatasetName.mnist.rawValue)"
      ).measure(into: &report)
    case .scalesim:
      try ScaleSimSpeed(
        library: try configLibrary(configs), python: scaleSimPython,
        script: "\(folder)/python/contest_scalesim.py", rounds: rounds
      ).measure(into: &report)
    case .runs:
      try WholeRuns(simtrain: simtrain, rounds: rounds, thresholds: thresholds)
        .measure(into: &report)
    }
  }

  private func dataFolder() throws -> String {
    let data = try DatasetDirectory(
      explicit: nil, environment: ProcessInfo.processInfo.environment)
    return "\(data.path)/\(DatasetName.mnist.rawValue)"
  }

  /// The processor and how busy the machine is with other work.
  private func machine() -> String {
    let cpuinfo = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = cpuinfo.split(separator: "\n").first { $0.hasPrefix("model name") }
      .flatMap { $0.split(separator: ":").last }
      .map { $0.trimmingCharacters(in: .whitespaces) }
    let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
    return "\(model ?? "unknown processor"), "
      + "\(ProcessInfo.processInfo.activeProcessorCount) processors, load at the start "
      + "\(load.split(separator: " ").first ?? "unknown"). MLP 784-128-10, batch 32, Adam."
  }
}
