internal import ArgumentParser

/// `simtrain plugins`: which hardware there is behind PJRT plugins.
struct PluginsCommand: ExampledCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins",
    abstract: "List the PJRT plugins that are installed, and start each.",
    discussion: """
      A PJRT plugin is what JAX reaches GPUs and TPUs by; simtrain trains on one with --device \
      pjrt:NAME, or --device pjrt:PATH for any library. They are looked for in the active Python \
      environment ($VIRTUAL_ENV, $CONDA_PREFIX), in that of 'python3', and in the user's and the \
      system's packages. See Docs/plugins.md.
      """)

  static let examples = [
    "simtrain plugins",
    "simtrain plugins --json",
    "simtrain --device pjrt:cpu --epochs 1",
  ]

  @Flag(help: "Print one JSON document on standard output instead of the table.")
  var json = false

  func run() throws {
    let listing = PluginListing(DeviceCatalog.foundPlugins)
    try StandardStreams.output(listing.json, or: listing.text, asJSON: json)
  }
}
