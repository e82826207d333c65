internal import DeviceAPI
internal import PJRTDevice
internal import Reports

/// Plugins as a table or as JSON, with what each says of itself when it is started.
struct PluginListing {
  private struct Row {
    let plugin: FoundPlugin
    /// What it says, or why it does not start.
    let state: Result<PluginClient, DeviceError>
    /// Another one of its name is used.
    let isHidden: Bool

    var client: PluginClient? { try? state.get() }

    var problem: String? {
      if case .failure(let error) = state { error.reason } else { nil }
    }
  }

  private let rows: [Row]

  /// Starts every plugin.
  init(_ plugins: [FoundPlugin]) {
    var names: Set<String> = []
    rows = plugins.map { plugin in
      let state = Result { () throws(DeviceError) in
        try PluginClient.start(
          path: plugin.path, options: [:], name: DeviceCatalog.pluginPrefix + plugin.name)
      }
      return Row(plugin: plugin, state: state, isHidden: !names.insert(plugin.name).inserted)
    }
  }

  private var missing: [KnownPlatform] {
    KnownPlatform.all.filter { known in !rows.contains { $0.plugin.name == known.name } }
  }

  var text: String {
    var lines: [String] = []
    if rows.isEmpty {
      lines.append("No PJRT plugins are found in Python environments.")
    } else {
      var table = TextTable([.left, .left, .left, .left, .left])
      table.add(["device", "API", "platform", "devices", "library"])
      for row in rows {
        let name = row.isHidden ? "" : DeviceCatalog.pluginPrefix + row.plugin.name
        guard let client = row.client else {
          table.add([name, "", "does not start", "", row.plugin.path])
          continue
        }
        table.add([
          name, "0.\(client.plugin.minorVersion)", client.platform, Self.devices(client),
          row.plugin.path,
        ])
      }
      lines += table.lines()
      for row in rows {
        if let problem = row.problem { lines += ["", "\(row.plugin.path): \(problem)"] }
        if let note = row.client?.plugin.versionNote { lines += ["", note] }
      }
    }
    if !missing.isEmpty {
      var table = TextTable([.left, .left, .left])
      for platform in missing {
        table.add([
          DeviceCatalog.pluginPrefix + platform.name, platform.hardware, platform.installation,
        ])
      }
      lines += ["", "To be had:"] + table.lines(indent: "  ")
    }
    lines += ["", "Any other: --device \(DeviceCatalog.pluginPrefix)PATH-OF-ITS-LIBRARY"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// `8 x NVIDIA H100`
  private static func devices(_ client: PluginClient) -> String {
    let kinds = client.deviceKinds
    let first = kinds.first ?? ""
    let kind = kinds.allSatisfy { $0 == first } ? first : kinds.joined(separator: ", ")
    return kinds.count == 1 ? kind : "\(kinds.count) x \(kind)"
  }

  var json: JSONValue {
    .object([
      .init("plugins", .list(rows.map(Self.json))),
      .init(
        "installable",
        .list(
          missing.map {
            .object([
              .init("device", .text(DeviceCatalog.pluginPrefix + $0.name)),
              .init("hardware", .text($0.hardware)),
              .init("installation", .text($0.installation)),
            ])
          })),
    ])
  }

  private static func json(_ row: Row) -> JSONValue {
    let client = row.client
    let plugin = client?.plugin
    let attributes = (plugin?.attributes ?? [:]).sorted { $0.key < $1.key }
    return .object([
      .init("device", .text(DeviceCatalog.pluginPrefix + row.plugin.name)),
      .init("isUsedByName", .flag(!row.isHidden)),
      .init("library", .text(row.plugin.path)), .init("problem", .optional(row.problem)),
      .init("apiVersion", .optional(plugin.map { "0.\($0.minorVersion)" })),
      .init("note", .optional(plugin?.versionNote)),
      .init("platform", .optional(client?.platform)),
      .init("platformVersion", .optional(client?.platformVersion)),
      .init("devices", .list((client?.deviceKinds ?? []).map { .text($0) })),
      .init("memoryBytes", .optional(client?.memoryLimit)),
      .init("attributes", .object(attributes.map { .init($0.key, .text($0.value)) })),
    ])
  }
}
