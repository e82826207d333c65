import Foundation
import RunLog
import Testing

@Suite("Signals, as processes")
struct SignalTests {
  /// Commands that go on for longer than it takes to send a signal.
  static let commands = [
    ["validate"], ["estimate", "--workload", Workplace.configs + "/Workloads/resnet50.csv"],
    ["compare", "--epochs", "20000", "--quiet", "--no-log"],
    ["evaluate", "--checkpoint", "a.ckpt", "--batch-size", "1", "--log", "e.h5"],
  ]

  @Test(
    "a signal ends a command with its own status, a sentence, and no half-written file",
    arguments: commands, [SIGINT, SIGTERM, SIGHUP])
  func ends(command: [String], number: Int32) throws {
    let place = try Workplace()
    if command[0] == "evaluate" {
      let trained = try place.run(
        "--model", Workplace.configs + "/Models/mlp.yaml", "--epochs", "1", "--quiet", "--no-log",
        "--checkpoint", "a.ckpt")
      #expect(trained.status == 0, "\(trained.errors)")
    }
    let running = try place.start(command)
    running.waitForHandler(of: number)
    usleep(command[0] == "compare" ? 400_000 : 60_000)
    let wasRunning = running.process.isRunning
    kill(running.process.processIdentifier, number)
    let outcome = try running.outcome()
    guard wasRunning, outcome.status != 0 else { return }
    #expect(outcome.status == 128 + number)
    #expect(running.process.terminationReason == .exit)
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("Interrupted"))
    let files = try FileManager.default.contentsOfDirectory(atPath: place.path)
    #expect(files.filter { $0.contains(".partial") } == [])
  }

  @Test(
    "the first moment in which there is a handler is as good as any", arguments: commands.dropLast()
  )
  func firstMoment(command: [String]) throws {
    let place = try Workplace()
    let running = try place.start(command)
    running.waitForHandler(of: SIGTERM)
    kill(running.process.processIdentifier, SIGTERM)
    let outcome = try running.outcome()
    #expect(outcome.status == 128 + SIGTERM && running.process.terminationReason == .exit)
    #expect(outcome.errors.hasPrefix("Interrupted"), "\(outcome.errors)")
  }

  @Test("a signal while training has not begun is no different", arguments: [SIGINT, SIGTERM])
  func beforeTraining(number: Int32) throws {
    let place = try Workplace()
    for delay in stride(from: 20_000, through: 100_000, by: 20_000) {
      let running = try place.start(["--epochs", "20000", "--log", "\(delay).h5"])
      usleep(UInt32(delay))
      kill(running.process.processIdentifier, number)
      let outcome = try running.outcome()
      // Within the loader there is nobody to handle a signal: it kills, as it does any program.
      if running.process.terminationReason == .uncaughtSignal {
        #expect(outcome.status == number && outcome.errors == "")
      } else {
        #expect(outcome.status == 128 + number)
        #expect(outcome.errors.contains("Interrupted"))
      }
      let path = "\(place.path)/\(delay).h5"
      if FileManager.default.fileExists(atPath: path) {
        #expect(try RunFile(path: path).status == .interrupted)
      }
    }
  }

  @Test("a signal that the process was started to ignore stays ignored")
  func ignored() throws {
    let place = try Workplace()
    let running = try RunningProgram(
      "/bin/sh",
      ["-c", "trap '' HUP; exec '\(Workplace.program)' --epochs 200 --no-log"], in: place.path)
    running.waitForErrors(containing: "epoch 1/")
    kill(running.process.processIdentifier, SIGHUP)
    let outcome = try running.outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
  }
}

extension RunningProgram {
  /// Waits until the program handles the signal: the loader, in which nothing can, is done then.
  fileprivate func waitForHandler(of number: Int32) {
    let path = "/proc/\(process.processIdentifier)/status"
    while process.isRunning {
      let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
      let caught = lines.first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last ?? "0"
      if UInt64(caught, radix: 16).map({ $0 & 1 << UInt64(number - 1) != 0 }) == true { return }
      usleep(500)
    }
  }
}
