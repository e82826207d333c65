import DeviceAPI
import DeviceConformance
import Foundation
import GraphIR
import TestSupport
import Testing

@testable import PJRTDevice

/// With a plugin of the tests' own, which adds tensors of f64 and counts what it gave away.
@Suite("PJRT plugins")
struct PluginTests {
  private func sum(donates: Bool) throws -> Graph {
    var builder = GraphBuilder(name: "sum")
    let type = TensorType([2, 3], .f64)
    let (a, b) = (builder.parameter("a", type), builder.parameter("b", type))
    builder.result("sum", try builder.add(a, b), donating: donates ? a : nil)
    return try builder.build()
  }

  /// A function of the plugin that the contract does not have.
  private func symbol<Function>(_ name: String, of path: String, as type: Function.Type)
    -> Function?
  {
    guard let library = dlopen(path, RTLD_NOW | RTLD_NOLOAD), let address = dlsym(library, name)
    else { return nil }
    return unsafeBitCast(address, to: type)
  }

  @Test("results take their places, donated buffers are exchanged, and all is given back")
  func ownership() throws {
    let fixture = try PluginFixture.path("OWNERSHIP")
    let live = { () -> Int? in
      symbol("plugin_live_objects", of: fixture, as: (@convention(c) () -> Int).self)?()
    }
    do {
      let device = try PJRTDevice(name: "pjrt:test", path: fixture)
      let ones = Literal(TensorType([2, 3], .f64), splat: 1)
      let twos = Literal(TensorType([2, 3], .f64), splat: 2)
      let plain = try device.run(sum(donates: false), [ones, twos])
      #expect(plain == [Literal(TensorType([2, 3], .f64), splat: 3)])

      let executable = try device.compile(sum(donates: true), options: CompileOptions())
      let (a, b) = (try device.makeBuffer(ones), try device.makeBuffer(twos))
      for _ in 0..<5 { try executable.execute(inputs: [a, b], outputs: [a]) }
      #expect(try a.literal() == Literal(TensorType([2, 3], .f64), splat: 11))
      #expect(try b.literal() == twos)
      #expect(executable.profile?.measured?.executions == 5)
      #expect(live() == 3)  // a, b, and the program
    }
    #expect(live() == 0)
  }

  @Test("a plugin's errors are one line in its own words, of the kind that their code says")
  func errors() throws {
    let device = try PJRTDevice(name: "pjrt:test", path: PluginFixture.path())
    var builder = GraphBuilder(name: "product")
    let x = builder.parameter("x", TensorType([2], .f64))
    builder.result("y", try builder.multiply(x, x))
    let product = try builder.build()
    #expect(
      throws: DeviceError(
        .unsupported, device: "pjrt:test", reason: "only sums are computed here")
    ) { try device.compile(product, options: CompileOptions()) }
    #expect(throws: DeviceError(.outOfMemory, device: "pjrt:test", reason: "out of beads")) {
      try device.makeBuffer(Literal(TensorType([1 << 18], .f64), splat: 1))
    }
    let unknown = try PJRTDevice(name: "pjrt:old", path: PluginFixture.path("READS_NOTHING_BACK"))
    let buffer = try unknown.makeBuffer(TensorType([2], .f64))
    #expect(
      throws: DeviceError(
        .unsupported, device: "pjrt:old",
        reason: "the plugin lacks the function number 70 of PJRT's table")
    ) { try buffer.literal() }
  }

  @Test("wrong calls are answered as every device answers them")
  func misuse() throws {
    let device = try PJRTDevice(name: "pjrt:test", path: PluginFixture.path())
    // Without cases, only the misuse checks are run.
    var suite = try ConformanceSuite(randomGraphs: 0)
    suite.cases = [
      ConformanceCase(
        name: "sum", graph: try sum(donates: true),
        inputs: [1, 2].map { Literal(TensorType([2, 3], .f64), splat: $0) })
    ]
    #expect(suite.run(on: device).map(\.description) == [])
  }

  @Test("what the plugin says of itself, whatever the length of its tables' elements")
  func description() throws {
    let fixture = try PluginFixture.path()
    let device = try PJRTDevice(name: "pjrt:test", path: fixture)
    let client = device.client
    #expect(client.plugin.minorVersion == 115 && client.plugin.versionNote == nil)
    #expect(
      client.plugin.attributes == ["stablehlo_current_version": "1.20.0", "maker": "tests"])
    #expect(client.platform == "abacus" && client.platformVersion == "2 beads")
    #expect(client.deviceKinds == ["wooden", "wooden"] && client.memoryLimit == 1 << 20)
    #expect(
      device.descriptor.summary == "abacus (wooden) by the plugin \(fixture)")
  }

  @Test("options have the types that they look like; a client is made once for each set of them")
  func options() throws {
    let fixture = try PluginFixture.path("OPTIONS")
    let words = [
      "a": "true", "b": "-3", "c": "[0, 1, 5]", "d": "0.5", "e": "x=y", "f": "",
    ]
    let device = try PJRTDevice(name: "pjrt:test", path: fixture, options: words)
    let told = symbol(
      "plugin_options", of: fixture, as: (@convention(c) () -> UnsafePointer<CChar>).self)
    #expect(
      told.map { String(cString: $0()) }
        == "a: flag 1\nb: integer -3\nc: 3 integers, last 5\nd: real 0.5\ne: text x=y\nf: text \n")
    let again = try PJRTDevice(name: "pjrt:test", path: fixture, options: words)
    #expect(again.client === device.client)
    let other = try PJRTDevice(name: "pjrt:test", path: fixture)
    #expect(other.client !== device.client && other.client.plugin === device.client.plugin)
  }

  @Test("versions of the interface: older ones are refused, newer ones are noted")
  func versions() throws {
    #expect(
      throws: DeviceError(
        .unsupported, device: "pjrt:test",
        reason:
          "the plugin speaks PJRT API 0.80; 0.81 is the oldest that simtrain speaks. Install a "
          + "newer version of the plugin")
    ) { try PJRTDevice(name: "pjrt:test", path: PluginFixture.path("MINOR=80")) }
    for (minor, isNoted) in [(81, false), (116, false), (117, true)] {
      let device = try PJRTDevice(
        name: "pjrt:test", path: PluginFixture.path("MINOR=\(minor)"))
      #expect((device.client.plugin.versionNote != nil) == isNoted)
    }
  }

  @Test("a plugin that refuses, and files that are none, say so in one line")
  func refusals() throws {
    #expect(
      throws: DeviceError(
        .executionFailed, device: "pjrt:test",
        reason: "No such hardware is here: look elsewhere.")
    ) { try PJRTDevice(name: "pjrt:test", path: PluginFixture.path("REFUSES")) }
    for (path, problem) in [
      ("/no/such/plugin.so", "there is no such file"), ("/", "it is no regular file"),
      (#filePath, "it is no shared library"),
    ] {
      #expect(
        throws: DeviceError(
          .unsupported, device: "pjrt:test",
          reason: "\(path) is no PJRT plugin: \(problem). Give the shared library of a plugin; "
            + "'simtrain plugins' lists those that are installed")
      ) { try PJRTDevice(name: "pjrt:test", path: path) }
    }
    // A shared library that is something else, and the beginning of one.
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let short = NSTemporaryDirectory() + "simtrain-\(UUID().uuidString).so"
    defer { try? FileManager.default.removeItem(atPath: short) }
    let start = try FileHandle(forReadingFrom: URL(filePath: tests)).read(upToCount: 100)
    try start?.write(to: URL(filePath: short))
    let error = #expect(throws: DeviceError.self) {
      try PJRTDevice(name: "pjrt:test", path: short)
    }
    #expect(error?.reason.hasPrefix("\(short) is no PJRT plugin: it cannot be opened (") == true)
  }

  @Test("plugins are found where pip puts them, those of the active environment first")
  func finding() throws {
    let root = NSTemporaryDirectory() + "simtrain-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for path in [
      "venv/lib/python3.11/site-packages/jax_plugins/xla_cuda12/xla_cuda_plugin.so",
      "venv/lib/python3.11/site-packages/jax_plugins/xla_cuda13/xla_cuda_plugin.so",
      "venv/lib/python3.11/site-packages/jax_plugins/xla_cuda13/helper.so",
      "conda/lib/python3.12/site-packages/libtpu/libtpu.so",
      "conda/lib/python3.12/site-packages/jax_plugins/own/own_pjrt.so",
      "home/.local/lib/python3.9/site-packages/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
    ] {
      let file = URL(filePath: "\(root)/\(path)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: file)
    }
    let finder = PluginFinder(environment: [
      "VIRTUAL_ENV": root + "/venv", "CONDA_PREFIX": root + "/conda", "HOME": root + "/home",
    ])
    let found = finder.plugins().filter { $0.path.hasPrefix(root) }
    #expect(found.map(\.name) == ["cuda", "cuda", "tpu", "own", "cpu"])
    #expect(found[0].path.contains("cuda13") && found[1].path.contains("cuda12"))
  }
}
