internal import ArgumentParser

/// `simtrain config`.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "List, show and check architectures.")
}
