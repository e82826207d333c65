import Foundation
import TestSupport
import Testing

@Suite("PJRT plugins, as processes")
struct PluginCommandTests {
  /// No environment of this machine but that of the system.
  private func run(_ words: String..., in place: Workplace) throws -> Outcome {
    try place.run(
      words,
      with: ["VIRTUAL_ENV": place.path + "/venv", "CONDA_PREFIX": "", "HOME": place.path])
  }

  /// Installs a plugin of the tests as pip would.
  private func install(_ plugin: String, as package: String, in place: Workplace) throws {
    let folder = place.path + "/venv/lib/python3.11/site-packages/jax_plugins/\(package)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: plugin, toPath: folder + "/plugin.so")
  }

  @Test("'plugins' lists what is found with what it says, why it does not start, what can be had")
  func listing() throws {
    let place = try Workplace()
    try install(PluginFixture.path("MINOR=117"), as: "xla_abacus7", in: place)
    try install(PluginFixture.path("REFUSES"), as: "xla_cuda13", in: place)
    let outcome = try run("plugins", in: place)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map { line in
      line.split(separator: " ").joined(separator: " ")
    }
    let packages = place.path + "/venv/lib/python3.11/site-packages/jax_plugins"
    #expect(
      lines.contains("pjrt:abacus 0.117 abacus 2 x wooden \(packages)/xla_abacus7/plugin.so"))
    #expect(lines.contains("pjrt:cuda does not start \(packages)/xla_cuda13/plugin.so"))
    #expect(
      lines.contains(
        "\(packages)/xla_cuda13/plugin.so: No such hardware is here: look elsewhere."))
    #expect(lines.contains { $0.hasPrefix("pjrt:abacus: it speaks PJRT API 0.117;") })
    #expect(lines.contains("pjrt:tpu Google TPUs pip install libtpu"))
    #expect(!lines.contains { $0.hasPrefix("pjrt:cuda NVIDIA") })

    let json = try run("plugins", "--json", in: place).json()
    let plugins = try #require(json["plugins"] as? [[String: Any]])
    let abacus = try #require(plugins.first { $0["device"] as? String == "pjrt:abacus" })
    #expect(abacus["apiVersion"] as? String == "0.117")
    #expect(abacus["devices"] as? [String] == ["wooden", "wooden"])
    let cuda = try #require(plugins.first { $0["device"] as? String == "pjrt:cuda" })
    #expect(cuda["problem"] as? String == "No such hardware is here: look elsewhere.")
  }

  @Test("what cannot be used is one line: status 2 for wrong input, 1 for a plugin that refuses")
  func failures() throws {
    let place = try Workplace()
    try install(PluginFixture.path(), as: "xla_abacus7", in: place)
    let (refusing, old) = (try PluginFixture.path("REFUSES"), try PluginFixture.path("MINOR=12"))
    func check(_ words: [String], _ status: Int32, _ message: String) throws {
      let outcome = try place.run(
        words + ["--no-log", "--quiet"],
        with: ["VIRTUAL_ENV": place.path + "/venv", "CONDA_PREFIX": "", "HOME": place.path])
      #expect(outcome.status == status)
      #expect(outcome.errors == "simtrain: error: \(message)\n")
      #expect(outcome.output.isEmpty)
    }
    try check(
      ["--device", "pjrt:" + refusing], 1,
      "pjrt:\(refusing): No such hardware is here: look elsewhere.")
    try check(
      ["--device", "pjrt:" + old], 2,
      "pjrt:\(old): the plugin speaks PJRT API 0.12; 0.81 is the oldest that simtrain speaks. "
        + "Install a newer version of the plugin")
    try check(
      ["--device", "pjrt:./none.so"], 2,
      "pjrt:./none.so: ./none.so is no PJRT plugin: there is no such file. Give the shared library of "
        + "a plugin; 'simtrain plugins' lists those that are installed")
    try check(
      ["--device", "pjrt:cuda"], 2,
      "--device pjrt:cuda: no plugin for NVIDIA GPUs is found. Install one: pip install 'jax[cuda13]'; "
        + "or give the path of its library.")
    try check(
      ["--device", "pjrt:gpu"], 2,
      "--device pjrt:gpu: no plugin is called so. Use one of: abacus, cpu, cuda, rocm, tpu; or the path "
        + "of a library.")
    try check(
      ["--device", "pjrt:abacus", "--set", "mxu.rows=3"], 2,
      "--set mxu.rows=3: the device 'pjrt:abacus' has no architecture to change.")
    try check(
      ["--device", "pjrt:abacus", "--config", "tpu-v3"], 2,
      "--config tpu-v3: the device 'pjrt:abacus' has no architecture to choose.")
    try check(
      ["--device", "pjrt:abacus", "--plugin-option", "beads"], 2,
      "--plugin-option beads: expected NAME=VALUE, such as memory_fraction=0.5.")
    try check(
      ["--device", "cpu", "--plugin-option", "beads=3"], 2,
      "--plugin-option beads=3: the device 'cpu' is no plugin. Leave it out.")
    // A plugin that makes another program of it.
    try check(
      ["--device", "pjrt:abacus", "--plugin-option", "beads=3", "--epochs", "1"], 1,
      "pjrt:abacus: the plugin made 1 results of 15")
  }
}
