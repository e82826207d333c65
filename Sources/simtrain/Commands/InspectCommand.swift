internal import ArgumentParser

/// `simtrain inspect`.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Summarise a run file.")
}
