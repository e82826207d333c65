import Foundation
import Testing

/// A folder with small synthetic data, in which the program is run; gone with the value.
final class Workplace {
  let path: String

  /// - Parameter trainCount: images of 8 x 8; 96 more are for testing.
  init(trainCount: Int = 320) throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "simtrain-tests-\(UUID().uuidString)").path
    var noise = UInt64(1)
    try Self.write("train", count: trainCount, to: path + "/data/mnist", &noise)
    try Self.write("t10k", count: 96, to: path + "/data/mnist", &noise)
  }

  /// A model of a file, with batch norm and dropout.
  static let smallModel = """
    name: small
    description: a test
    layers:
      - {type: convolution, outputs: 3, kernelSize: 3, stride: 1, padding: 1, activation: none}
      - {type: batchNorm}
      - {type: activation, function: relu}
      - {type: maxPool, size: 2, stride: 2}
      - {type: dense, outputs: 12, activation: relu}
      - {type: dropout, probability: 0.5}
      - {type: dense, outputs: 10, activation: none}
    """

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Each class lights a row and a column of its own; the rest is noise.
  private static func write(
    _ prefix: String, count: Int, to folder: String, _ noise: inout UInt64
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func header(_ words: [UInt32]) -> Data {
      Data(words.flatMap { word in [24, 16, 8, 0].map { UInt8(word >> $0 & 255) } })
    }
    var images = header([0x803, UInt32(count), 8, 8])
    var labels = header([0x801, UInt32(count)])
    for index in 0..<count {
      let label = index % 10
      labels.append(UInt8(label))
      for pixel in 0..<64 {
        noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let isLit = pixel / 8 == label % 8 || pixel % 8 == label / 8 + 3
        images.append(UInt8((noise >> 56) / 2) + (isLit ? 128 : 0))
      }
    }
    try images.write(to: URL(filePath: "\(folder)/\(prefix)-images-idx3-ubyte"))
    try labels.write(to: URL(filePath: "\(folder)/\(prefix)-labels-idx1-ubyte"))
  }

  /// Runs the program to its end.
  func run(_ arguments: String...) throws -> Outcome { try start(arguments).outcome() }

  /// Starts the program.
  func start(_ arguments: [String]) throws -> RunningProgram {
    try RunningProgram(Self.program, arguments, in: path)
  }

  /// Runs the program to its end with more variables in its environment.
  func run(_ arguments: [String], with variables: [String: String]) throws -> Outcome {
    try RunningProgram(Self.program, arguments, in: path, variables: variables).outcome()
  }

  /// The configurations of this checkout, as the program finds them.
  static let configs: String = {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.appending(path: "Configs").path
  }()

  /// Runs a line of shell to its end.
  func shell(_ line: String) throws -> Outcome {
    try RunningProgram("/bin/sh", ["-c", line], in: path).outcome()
  }

  /// The program that this build made: it lies beside the tests.
  static var program: String {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "simtrain").path
  }
}

/// What a process left.
struct Outcome {
  let status: Int32
  let output: String
  let errors: String

  /// The one JSON document on standard output.
  func json() throws -> [String: Any] {
    try #require(
      JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(errors)")
  }
}

/// A process whose output goes to files.
final class RunningProgram {
  let process = Process()
  private let outputPath: String
  private let errorsPath: String

  init(
    _ program: String, _ arguments: [String], in folder: String, variables: [String: String] = [:]
  ) throws {
    // A test run in the background may ignore these, and its children would too.
    for number in [SIGINT, SIGHUP] { signal(number, SIG_DFL) }
    let name = UUID().uuidString
    outputPath = "\(folder)/\(name).out"
    errorsPath = "\(folder)/\(name).err"
    for path in [outputPath, errorsPath] {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    var environment = ProcessInfo.processInfo.environment
    environment["SIMTRAIN_DATA"] = folder + "/data"
    environment["SIMTRAIN_CONFIGS"] = nil
    environment["COLUMNS"] = nil
    environment.merge(variables) { $1 }
    process.environment = environment
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: outputPath))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errorsPath))
    try process.run()
  }

  var errorsSoFar: String { (try? String(contentsOfFile: errorsPath, encoding: .utf8)) ?? "" }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// Waits until standard error holds `text`, or the process has ended.
  func waitForErrors(containing text: String) {
    while process.isRunning, !errorsSoFar.contains(text) { usleep(2000) }
  }

  func outcome() throws -> Outcome {
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      output: try String(contentsOfFile: outputPath, encoding: .utf8), errors: errorsSoFar)
  }
}
