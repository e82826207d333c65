internal import ArgumentParser
internal import DeviceAPI

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
    var descriptors: [DeviceDescriptor] = []
    for entry in DeviceCatalog.entries {
      descriptors.append(try entry.descriptor(library: library))
    }
    let listing = DeviceListing(descriptors: descriptors)
    try StandardStreams.output(listing.json, or: listing.text, asJSON: json)
  }
}
