internal import ConfigFiles
internal import Foundation
internal import Glibc

/// What the process finds around it.
enum Surroundings {
  /// The configurations that this process sees.
  static func configLibrary() throws(ConfigError) -> ConfigLibrary {
    try ConfigLibrary(
      environment: ProcessInfo.processInfo.environment, executable: executablePath,
      currentDirectory: FileManager.default.currentDirectoryPath)
  }

  static var environment: [String: String] { ProcessInfo.processInfo.environment }

  /// Seconds of a clock that is never set.
  static func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The most memory that the process has held so far, in bytes.
  static var peakMemoryBytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// A path that means the same file from any folder.
  static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  /// The local date and time as `yyyymmdd-hhmmss`.
  static func timestamp() -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let count = strftime(&text, text.count, "%Y%m%d-%H%M%S", &parts)
    return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static var executablePath: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments.first ?? "simtrain"
  }
}
