import ConfigFiles
import Foundation
import Testing

@testable import simtrain

@Suite("The devices that can be asked for")
struct DeviceCatalogTests {
  /// The reference evaluator as a device with options, which counts how often it was started.
  private static func entry(
    _ name: String, started: @escaping @Sendable ([String: String]) throws -> Void
  ) -> DeviceCatalog.Entry {
    DeviceCatalog.Entry(
      name: name, summary: "a device that was found", isSimulated: false,
      configuration: .options(["library", "cores"]),
      start: { settings in
        try started(settings.options)
        return try DeviceCatalog.entry(named: DeviceCatalog.hostName).start(
          DeviceCatalog.Settings(library: settings.library))
      })
  }

  private static let library = try? ConfigLibrary(
    explicit: Workplace.configs, currentDirectory: "/")

  @Test("a device that is found while the program runs is asked for by name, with its options")
  func register() throws {
    nonisolated(unsafe) var options: [[String: String]] = []
    try DeviceCatalog.register(Self.entry("found") { options.append($0) })
    #expect(DeviceCatalog.names == ["cpu", "tpu-sim", "found"])
    var asked = RunConfig()
    try asked.say("device.name", "found")
    asked.device.overrides = ["library=a=b.so", "cores=2"]
    asked.origins["device.set"] = .option("--set")
    let settled = try asked.settled()
    // It was described and checked, and not started.
    #expect(options.isEmpty)
    #expect(settled.device.config == nil)
    _ = try RunDevice(settled)
    #expect(options == [["library": "a=b.so", "cores": "2"]])

    asked.device.overrides = ["core=2"]
    #expect(
      throws: CommandFailure.usage(
        "--set core=2: the device 'found' has no option 'core'. Use one of: cores, library.")
    ) { try asked.settled() }
    #expect(
      throws: CommandFailure.usage(
        "Two devices are called 'found'. Give one of them another name.")
    ) { try DeviceCatalog.register(Self.entry("found") { _ in }) }
  }

  @Test("a device that cannot be started is listed with the reason")
  func broken() throws {
    let library = try #require(Self.library)
    let entry = Self.entry("broken") { _ in throw CommandFailure.runtime("no such library") }
    let descriptor = entry.descriptor(library: library)
    #expect(descriptor.name == "broken")
    #expect(
      descriptor.summary == "a device that was found; cannot be started: no such library")
    #expect(DeviceListing(descriptors: [descriptor]).text.contains("broken"))
  }
}
