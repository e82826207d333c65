internal import ArgumentParser
internal import Foundation

/// What a command declares: its options, flags and arguments, as the parser knows them.
struct CommandDeclaration: Decodable {
  let arguments: [Argument]

  struct Argument: Decodable {
    enum Kind: String, Decodable { case positional, option, flag }

    struct Name: Decodable {
      let name: String
    }

    let kind: Kind
    let isRepeating: Bool
    let names: [Name]?
  }

  private enum CodingKeys: CodingKey { case arguments }

  private struct Dump: Decodable {
    let command: CommandDeclaration
  }

  init(of command: any ParsableCommand.Type) throws {
    self = try JSONDecoder().decode(Dump.self, from: Data(command._dumpHelp().utf8)).command
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    arguments = try container.decodeIfPresent([Argument].self, forKey: .arguments) ?? []
  }

  /// What `--name` is; `nil` if the command does not know it.
  func argument(named name: String) -> Argument? {
    arguments.first { argument in
      argument.kind != .positional && argument.names?.contains { $0.name == name } ?? false
    }
  }

  /// The options that may be repeated.
  var repeatingOptions: [String] {
    arguments.filter { $0.kind == .option && $0.isRepeating }
      .compactMap { $0.names?.first.map { "--\($0.name)" } }
  }
}
