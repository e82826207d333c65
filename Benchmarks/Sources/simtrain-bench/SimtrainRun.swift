internal import Foundation

/// One run of the real `simtrain`, and what it says of itself.
struct SimtrainRun {
  /// The fields of `simtrain --json` that are read here.
  struct Summary: Decodable {
    var testAccuracy: Double
    var steps: Int
    var compileSeconds: Double
    var hostSeconds: Double
    /// `nil` without a run file.
    var loggingSeconds: Double?
  }

  let summary: Summary
  let usage: Subprocess.Usage

  /// - Parameter arguments: the program, and options beside `--json --quiet`.
  init(_ arguments: [String]) throws(BenchmarkError) {
    let process = try Subprocess(arguments + ["--json", "--quiet"])
    let output = process.readToEnd()
    usage = process.wait()
    guard usage.status == 0 else {
      throw .commandFailed(
        command: process.command, status: usage.status, output: String(output.prefix(200)))
    }
    guard let summary = try? JSONDecoder().decode(Summary.self, from: Data(output.utf8)) else {
      throw .unexpectedAnswer(
        command: process.command, answer: String(output.prefix(200)),
        expected: "JSON with testAccuracy, steps, compileSeconds, hostSeconds, loggingSeconds")
    }
    self.summary = summary
  }
}
