import DeviceAPI
import DeviceConformance
import Foundation
import GraphIR
import PJRTDevice
import TestSupport
import Testing

/// What `make test-python` finds: a plugin that works on this machine.
enum PluginUnderTest {
  static let path = ProcessInfo.processInfo.environment["SIMTRAIN_PJRT_PLUGIN"]

  static func device() throws -> PJRTDevice {
    try PJRTDevice(name: "pjrt:test", path: #require(path))
  }
}

@Suite("PJRT device: conformance", .enabled(if: PluginUnderTest.path != nil, "make test-python"))
struct PJRTConformanceTests {
  @Test("the conformance suite passes")
  func conformance() throws {
    let device = try PluginUnderTest.device()
    var failures: [ConformanceFailure] = []
    let suite = try ConformanceSuite(randomGraphs: 10)
    for entry in suite.cases {
      let start = Date()
      let found = entry.check(on: device, contracting: true)
      let time = Date().timeIntervalSince(start)
      if !found.isEmpty || time > 2 {
        print(entry.name, String(format: "%.1f s", time), found.map { "\($0)".prefix(300) })
      }
      failures += found
    }
    #expect(failures.isEmpty)
    print(suite.cases.count, failures.count)
  }
}
