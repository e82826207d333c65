internal import ArgumentParser

/// `simtrain devices`.
struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "List the devices with their peak rates and memories.")

  func run() throws {}
}
