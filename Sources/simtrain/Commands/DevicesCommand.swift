internal import ArgumentParser

/// `simtrain devices`: what is registered.
struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    abstract: "List the devices with their peak rates and memories.",
    discussion: """
      A simulated device is listed with its default architecture; 'simtrain config list' has the \
      others. The peak rate of this processor is measured now, on one thread.
      """)

  @Flag(help: "Print one JSON document on standard output instead of the table.")
  var json = false

  func run() throws {
    let library = try Surroundings.configLibrary()
    let listing = DeviceListing(
      descriptors: DeviceCatalog.entries.map { $0.descriptor(library: library) })
    try StandardStreams.output(listing.json, or: listing.text, asJSON: json)
  }
}
