/// Why the benchmark cannot run.
enum BenchmarkError: Error, CustomStringConvertible {
  case cannotStart(command: String, reason: String)
  case commandFailed(command: String, status: Int32, output: String)
  case unexpectedAnswer(command: String, answer: String, expected: String)
  case cannotMeasure(String)

  var description: String {
    switch self {
    case .cannotStart(let command, let reason):
      "'\(command)' cannot be started: \(reason). Build it, or name another path."
    case .commandFailed(let command, let status, let output):
      "'\(command)' ended with status \(status): \(output)"
    case .unexpectedAnswer(let command, let answer, let expected):
      "'\(command)' answered '\(answer)'; expected \(expected)."
    case .cannotMeasure(let reason):
      reason
    }
  }
}
