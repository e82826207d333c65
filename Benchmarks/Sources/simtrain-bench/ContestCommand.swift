internal import ArgumentParser
internal import CPUDevice
internal import Datasets
internal import DeviceAPI
internal import Foundation
internal import GraphPasses
internal import PJRTDevice
internal import SystolicSim
internal import Training

/// A device of simtrain as a contestant: the counterpart of `python/contest.py`.
struct ContestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contest", abstract: "Train epochs as told on standard input.")

  @Option(help: "cpu, tpu-sim, or pjrt:PATH.") var device = CPUDevice.name
  @Option(help: "The chip to simulate.") var chip = "tpu-v3"
  @Option(help: "Host threads.") var threads = 1
  @Option(help: "Folder of configurations.") var configs: String?
  @Option(help: "A model of Configs/Models.") var model = "mlp"
  @Option(name: .customLong("batch-size"), help: "Images in a step.") var batchSize = 32
  @Option(help: "Which operations run together.") var fusion = FusionMode.on.rawValue
  @Option(name: .customLong("train-limit"), help: "Training images of an epoch.")
  var trainLimit: Int?

  func run() throws {
    let directory = try DatasetDirectory(
      explicit: nil, environment: ProcessInfo.processInfo.environment)
    let clock = ContinuousClock()
    let start = clock.now
    let now = { start.duration(to: clock.now) / .seconds(1) }
    let images = try directory.load(.mnist, split: .train)
    let loop = try TrainingLoop(
      program: try benchmarkProgram(
        model: model, batchSize: batchSize, library: try configLibrary(configs)),
      device: try makeDevice(),
      trainingData: trainLimit.map(images.prefix) ?? images,
      testData: try directory.load(.mnist, split: .test),
      options: TrainingOptions(
        epochs: Int.max / 1_000_000,
        compile: CompileOptions(threads: threads, fusion: FusionMode(rawValue: fusion) ?? .on),
        unreadSteps: 16),
      clock: now)
    answer("ready simtrain, \(device)")
    while let question = readLine() {
      if question == "epoch" {
        answer(String(try trainEpoch(loop, now)))
      } else {
        answer(String(try loop.evaluate().accuracy))
      }
    }
  }

  /// Seconds from the first step of the next epoch to the end of its last, the evaluation after
  /// it left out.
  private func trainEpoch(_ loop: TrainingLoop, _ now: @escaping () -> Double) throws -> Double {
    let begin = now()
    var end = begin
    var isOver = false
    _ = try loop.run(
      TrainingObserver(
        stepCompleted: { if $0.step % loop.stepsPerEpoch == 0 { end = now() } },
        epochCompleted: { _ in isOver = true }, shouldStop: { isOver }))
    return end - begin
  }

  private func makeDevice() throws -> any Device {
    if device == CPUDevice.name { return try CPUDevice() }
    if device.hasPrefix("pjrt:") {
      return try PJRTDevice(name: device, path: String(device.dropFirst(5)))
    }
    return SystolicDevice(chip: try Chip.load(chip, library: try configLibrary(configs)))
  }

  private func answer(_ line: String) {
    print(line)
    fflush(nil)
  }
}
