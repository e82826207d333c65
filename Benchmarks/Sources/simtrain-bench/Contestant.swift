/// A process that trains an epoch whenever it is told to; see `python/contest.py`.
final class Contestant {
  let name: String
  /// What it says about itself: library and version.
  let description: String
  private let process: Subprocess

  /// Starts it on the first `threads` processors and waits until it is ready.
  init(
    name: String, command: [String], threads: Int, environment: [String: String] = [:]
  ) throws(BenchmarkError) {
    self.name = name
    let processors = threads == 1 ? "0" : "0-\(threads - 1)"
    process = try Subprocess(
      ["taskset", "--cpu-list", processors] + command, environment: environment)
    // A library may print to standard output before its first line.
    var last = ""
    while let line = process.readLine() {
      if line.hasPrefix("ready ") {
        description = String(line.dropFirst("ready ".count))
        return
      }
      last = line
    }
    throw .commandFailed(command: process.command, status: process.wait().status, output: last)
  }

  /// Seconds of one more epoch.
  func trainEpoch() throws(BenchmarkError) -> Double { try ask("epoch") }

  /// Share of test images that it gets right now.
  func accuracy() throws(BenchmarkError) -> Double { try ask("accuracy") }

  func end() { process.wait() }

  /// Images of an epoch of MNIST.
  static let samples = 60_000.0

  /// Seconds an epoch of each, one a round, after an epoch that warms up.
  static func race(
    _ contestants: [Contestant], rounds: Int
  ) throws(BenchmarkError) -> [Measurement] {
    for contestant in contestants { _ = try contestant.trainEpoch() }
    var times = [Measurement](repeating: Measurement(), count: contestants.count)
    for round in 0..<rounds {
      // Each round begins with another contestant, so that none always follows the same one.
      for place in contestants.indices {
        let index = (place + round) % contestants.count
        times[index].add(try contestants[index].trainEpoch())
      }
    }
    return times
  }

  private func ask(_ question: String) throws(BenchmarkError) -> Double {
    try process.send(question)
    let answer = process.readLine()
    guard let answer, let number = Double(answer) else {
      throw .unexpectedAnswer(
        command: process.command, answer: answer ?? "", expected: "a number for '\(question)'")
    }
    return number
  }
}
