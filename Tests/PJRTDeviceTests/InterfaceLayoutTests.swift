import Foundation
import TestSupport
import Testing

@Suite(
  "Layouts of PJRT's interface",
  .enabled(if: PythonSupport.header != nil, "needs pjrt_c_api.h: make test-python"))
struct InterfaceLayoutTests {
  @Test("sizes, places and numbers are those of the header that a plugin's package brings")
  func layout() throws {
    let header = try #require(PythonSupport.header)
    let program = NSTemporaryDirectory() + "simtrain-layout-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: program) }
    let build = try run(
      "clang", "-std=gnu11", "-I", PluginFixture.root + "/Sources/CPJRT/include", "-I", header,
      "-o", program, PluginFixture.root + "/Tests/PJRTDeviceTests/Layout/layout.c")
    try #require(build.status == 0, "\(build.output)")
    let comparison = try run(program)
    #expect(comparison.status == 0, "\(comparison.output)")
    // Each function, number, member and table that CPJRT.h has.
    #expect(comparison.output.hasSuffix(" compared, 0 differ\n"), "\(comparison.output)")
  }

  private func run(_ words: String...) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}
