internal import Foundation

/// A plugin that lies in a Python environment.
package struct FoundPlugin: Hashable, Sendable {
  /// What `--device pjrt:` calls it: `cuda`.
  package let name: String
  /// Of the library.
  package let path: String
}

/// A platform whose plugin can be installed.
package struct KnownPlatform: Hashable, Sendable {
  package let name: String
  package let hardware: String
  /// What brings its plugin into a Python environment.
  package let installation: String

  package static let all = [
    KnownPlatform(
      name: "cpu", hardware: "this processor, by XLA",
      installation: "pip install --no-deps lammps-jax-pjrt-cpu"),
    KnownPlatform(
      name: "cuda", hardware: "NVIDIA GPUs", installation: "pip install 'jax[cuda13]'"),
    KnownPlatform(
      name: "rocm", hardware: "AMD GPUs", installation: "pip install jax-rocm7-pjrt"),
    KnownPlatform(name: "tpu", hardware: "Google TPUs", installation: "pip install libtpu"),
  ]
}

/// Looks for plugins where pip puts them, without starting Python.
package struct PluginFinder {
  /// Folders of Python packages, those of the active environment first.
  package let folders: [String]

  /// - Parameter environment: variables: `VIRTUAL_ENV`, `CONDA_PREFIX`, `PATH`, `HOME`.
  package init(environment: [String: String]) {
    var prefixes = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { environment[$0] }
    // The environment of the Python that is found first, and that which it was made from.
    let programs = (environment["PATH"] ?? "").split(separator: ":")
      .filter { $0.hasPrefix("/") }.map { "\($0)/python3" }
    if let python = programs.first(where: FileManager.default.isExecutableFile(atPath:)) {
      let real = URL(filePath: python).resolvingSymlinksInPath().path
      prefixes += [python, real].map(Self.prefix(ofProgram:))
    }
    if let home = environment["HOME"] { prefixes.append(home + "/.local") }
    prefixes += ["/usr/local", "/usr"]
    var folders: [String] = []
    for prefix in prefixes where prefix.hasPrefix("/") {
      for folder in Self.packageFolders(prefix) where !folders.contains(folder) {
        folders.append(folder)
      }
    }
    self.folders = folders
  }

  /// `/usr` of `/usr/bin/python3`.
  private static func prefix(ofProgram path: String) -> String {
    URL(filePath: path).deletingLastPathComponent().deletingLastPathComponent().path
  }

  private static func packageFolders(_ prefix: String) -> [String] {
    ["lib", "lib64"].flatMap { library in
      names(in: "\(prefix)/\(library)").filter { $0.hasPrefix("python3") }.flatMap { version in
        ["site-packages", "dist-packages"].map { "\(prefix)/\(library)/\(version)/\($0)" }
      }
    }.filter { !names(in: $0).isEmpty }
  }

  /// Sorted, newer versions first.
  private static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
  }

  /// Every plugin that is there, once; those of one name in the order in which they are preferred.
  package func plugins() -> [FoundPlugin] {
    var found: [FoundPlugin] = []
    var seen: Set<String> = []
    for plugin in folders.flatMap(Self.plugins(in:))
    where seen.insert(URL(filePath: plugin.path).resolvingSymlinksInPath().path).inserted {
      found.append(plugin)
    }
    return found
  }

  private static func plugins(in folder: String) -> [FoundPlugin] {
    let own = [
      ("cpu", "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so"),
      ("cpu", "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so"), ("tpu", "libtpu/libtpu.so"),
    ].map { FoundPlugin(name: $0.0, path: "\(folder)/\($0.1)") }
    // Where JAX looks for others: a package each.
    let jax = names(in: "\(folder)/jax_plugins").flatMap { package in
      let home = "\(folder)/jax_plugins/\(package)"
      let libraries = names(in: home).filter { $0.hasSuffix(".so") }
      let plugins = libraries.filter { $0.contains("plugin") || $0.contains("pjrt") }
      return plugins.map { FoundPlugin(name: platform(of: package), path: "\(home)/\($0)") }
    }
    return (own + jax).filter { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// `cuda` of `xla_cuda13`.
  private static func platform(of package: String) -> String {
    let name = package.hasPrefix("xla_") ? package.dropFirst(4) : package[...]
    let word = name.prefix { !$0.isNumber }
    return word.isEmpty ? package : String(word)
  }
}
