import ConfigFiles
import DeviceConformance
import Foundation
import GraphIR
import GraphPasses
import StableHLO
import Testing

@testable import Training

/// What `make test-python` found; see scripts/test-python.sh.
enum PythonSupport {
  /// A Python that has JAX.
  static let interpreter = ProcessInfo.processInfo.environment["SIMTRAIN_PYTHON"]
}

@Suite(
  "What is printed, as JAX reads it",
  .enabled(if: PythonSupport.interpreter != nil, "needs JAX: make test-python"))
struct JAXTests {
  /// Largest differences, relative to a result's largest magnitude. Adam divides by the roots of second
  /// moments near zero: there a step may differ by twice the learning rate, 0.001.
  private static let tolerance = 0.002

  @Test(
    "JAX's parser accepts every program, and JAX computes from those it lowered what it did before")
  func accepted() throws {
    let folder = NSTemporaryDirectory() + "simtrain-printed-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var count = 0
    func write(_ graph: Graph, _ name: String) throws {
      count += 1
      try TextPrinter.text(of: graph, precision: .highest).write(
        toFile: "\(folder)/\(name).mlir", atomically: false, encoding: .utf8)
    }
    for name in Programs.names where name != "init_normal_rng" || DType(rawValue: "ui64") != nil {
      try write(
        GraphConverter.graph(of: TextReader.read(Programs.bytes(name + ".mlir"))), name)
      try Data(Programs.bytes(name + ".npz")).write(to: URL(filePath: "\(folder)/\(name).npz"))
    }
    let programs = count
    for entry in try ConformanceSuite(randomGraphs: 40).cases {
      try write(entry.graph, "case\(count) \(entry.graph.name)".replacing("/", with: "_"))
    }
    for (name, graph) in try trainingSteps() { try write(graph, name) }

    let process = Process()
    process.executableURL = URL(filePath: try #require(PythonSupport.interpreter))
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Python/check_printed.py").path
    process.arguments = [script, folder]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(output)")
    let lines = output.split(separator: "\n")
    #expect(lines.last == "\(count) accepted")
    let differences = lines.compactMap { line -> Double? in
      line.contains(" differs by ") ? line.split(separator: " ").last.flatMap { Double($0) } : nil
    }
    #expect(differences.count == programs)
    #expect(differences.allSatisfy { $0 <= Self.tolerance }, "\(output)")
  }

  private func trainingSteps() throws -> [(String, Graph)] {
    let library = try ConfigLibrary(currentDirectory: Programs.folder)
    return try library.names(of: "Models").flatMap { name in
      let document = try library.document(name, kind: "Models")
      let model = try document.decode(ModelDescription.self).model(
        rows: 28, columns: 28, classes: 10, from: document)
      return try PrecisionPolicy.allCases.map { policy in
        let program = try TrainingProgram(
          model: model, optimizer: Adam(), batchSize: 2, evaluationBatchSize: 2,
          precision: PrecisionSettings(policy, usesStochasticRounding: policy == .bf16))
        return ("\(name) \(policy.rawValue)", program.step)
      }
    }
  }
}
