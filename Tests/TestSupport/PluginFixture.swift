import Foundation
import Synchronization

/// Plugins of `Tests/PJRTDeviceTests/Plugins`, built by the compiler that came with Swift when a test
/// first wants them; gone with the process.
package enum PluginFixture {
  private static let folder: String = {
    let folder = NSTemporaryDirectory() + "simtrain-plugins-\(UUID().uuidString)"
    atexit { try? FileManager.default.removeItem(atPath: PluginFixture.folder) }
    return folder
  }()
  private static let built = Mutex<[[String]: String]>([:])

  /// The path of a plugin.
  ///
  /// - Parameter definitions: `MINOR=54`, `REFUSES`; any other makes it a library of its own.
  package static func path(_ definitions: String...) throws -> String {
    try built.withLock { built in
      if let path = built[definitions] { return path }
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let path = "\(folder)/plugin\(built.count).so"
      let compiler = Process()
      compiler.executableURL = URL(filePath: "/usr/bin/env")
      compiler.arguments =
        [
          "clang", "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
          "-I", root + "/Sources/CPJRT/include", "-o", path,
          root + "/Tests/PJRTDeviceTests/Plugins/plugin.c",
        ] + definitions.map { "-D\($0)" }
      try compiler.run()
      compiler.waitUntilExit()
      if compiler.terminationStatus != 0 { throw CocoaError(.executableLoad) }
      built[definitions] = path
      return path
    }
  }

  /// The package.
  package static let root: String = {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.path
  }()
}
