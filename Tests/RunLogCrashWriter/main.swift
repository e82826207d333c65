import Glibc
import RunLog
import Units

// Writes a run file until it is killed or cannot write, and says after each snapshot how many
// steps are on disk:  RunLogCrashWriter FILE [LARGEST-FILE-IN-BYTES]

/// Prints at once, without a buffer that a kill would lose.
func say(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = write(1, bytes, bytes.count)
}

/// Seconds that pass by a hundredth a look, so that a snapshot comes every few dozen steps.
final class SteppedClock {
  private var hundredths = 0
  func now() -> Double {
    hundredths += 1
    return Double(hundredths) / 100
  }
}

func limitFileSize(to byteCount: rlim_t) {
  var limit = rlimit(rlim_cur: byteCount, rlim_max: byteCount)
  setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
  signal(SIGXFSZ, SIG_IGN)
}

func run(path: String) throws {
  let clock = SteppedClock()
  let header = RunHeader(
    generator: "crash writer", commandLine: CommandLine.arguments, seed: 1, device: "none",
    dataset: "none", model: "none", hyperParameters: [], config: nil)
  let writer = try RunWriter(path: path, header: header, modelsCost: true) { clock.now() }
  var saved = 0
  for step in 0..<2_000_000 {
    let cost = StepCost(
      executable: 0, start: Cycles(37 * step), cycles: Cycles(37),
      energy: Picojoules(Double(step % 7)))
    writer.recordStep(StepRecord(step: step, loss: 1 / Float(step + 1), cost: cost))
    if step % 1000 == 999 {
      writer.recordEpoch(
        EpochRecord(
          epoch: step / 1000 + 1, trainLoss: 1, testLoss: 1, testAccuracy: 0.5, seconds: 1,
          samplesPerSecond: 1000))
    }
    if writer.savedStepCount != saved {
      saved = writer.savedStepCount
      say("saved \(saved)")
    }
    if let failure = writer.failure {
      // The training goes on: these calls must do nothing.
      writer.recordStep(StepRecord(step: step + 1, loss: 0))
      writer.flush()
      writer.finish(.finished, summary: [])
      say("failed \(failure)")
      return
    }
  }
}

if CommandLine.arguments.count > 2, let limit = rlim_t(CommandLine.arguments[2]) {
  limitFileSize(to: limit)
}
do { try run(path: CommandLine.arguments[1]) } catch { say("refused \(error)") }
