internal import Foundation

/// A child process with its standard input and output on pipes.
///
/// Started with `posix_spawn` and waited for with `wait4`, which tells the child's peak memory.
final class Subprocess {
  /// What the system says about a process that has ended.
  struct Usage {
    var status: Int32
    /// Of this process alone, in bytes. (Linux counts the parent's memory at the start in, which
    /// is why this program loads no data set itself.)
    var peakMemoryBytes: Int
    var seconds: Double
  }

  let command: String
  private let process: pid_t
  private let input: FileHandle
  private let output: FileHandle
  private var buffered = Data()
  private let begin = ContinuousClock().now

  /// - Parameter environment: added to this program's own.
  init(_ arguments: [String], environment: [String: String] = [:]) throws(BenchmarkError) {
    command = arguments.joined(separator: " ")
    let toChild = Pipe()
    let fromChild = Pipe()
    // Only the ends that become standard input and output reach a child: neither it nor a later one
    // may hold the others open, or the end of its input never comes.
    for pipe in [toChild, fromChild] {
      for handle in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
        _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
      }
    }
    let ends = [
      (toChild.fileHandleForReading.fileDescriptor, STDIN_FILENO),
      (fromChild.fileHandleForWriting.fileDescriptor, STDOUT_FILENO),
    ]
    process = try Self.spawn(arguments, environment, redirecting: ends)
    try? toChild.fileHandleForReading.close()
    try? fromChild.fileHandleForWriting.close()
    input = toChild.fileHandleForWriting
    output = fromChild.fileHandleForReading
  }

  private static func spawn(
    _ arguments: [String], _ environment: [String: String], redirecting ends: [(Int32, Int32)]
  ) throws(BenchmarkError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, standard) in ends {
      posix_spawn_file_actions_adddup2(&actions, descriptor, standard)
    }
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for string in argv + envp { free(string) } }
    var process = pid_t()
    let failure = posix_spawnp(&process, arguments[0], &actions, nil, &argv, &envp)
    if failure != 0 {
      throw .cannotStart(
        command: arguments.joined(separator: " "), reason: String(cString: strerror(failure)))
    }
    return process
  }

  func send(_ line: String) throws(BenchmarkError) {
    do { try input.write(contentsOf: Data((line + "\n").utf8)) } catch {
      throw .unexpectedAnswer(command: command, answer: "", expected: "a process that listens")
    }
  }

  /// The next line of the child's output; `nil` at its end.
  func readLine() -> String? {
    while true {
      if let newline = buffered.firstIndex(of: UInt8(ascii: "\n")) {
        let line = buffered[..<newline]
        buffered = Data(buffered[(newline + 1)...])
        return String(decoding: line, as: UTF8.self)
      }
      let more = output.availableData
      if more.isEmpty { return nil }
      buffered += more
    }
  }

  /// The rest of the child's output.
  func readToEnd() -> String {
    let rest = (try? output.readToEnd()) ?? nil
    return String(decoding: buffered + (rest ?? Data()), as: UTF8.self)
  }

  /// Ends the child's input and waits until it is over.
  @discardableResult
  func wait() -> Usage {
    try? input.close()
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) == -1, errno == EINTR {}
    try? output.close()
    let signal = status & 0x7f
    return Usage(
      status: signal == 0 ? (status >> 8) & 0xff : 128 + signal,
      peakMemoryBytes: Int(usage.ru_maxrss) * 1024,
      seconds: begin.duration(to: ContinuousClock().now) / .seconds(1))
  }
}
