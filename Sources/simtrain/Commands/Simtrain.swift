internal import ArgumentParser

/// The root command.
struct Simtrain: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "simtrain",
    abstract: "Train a neural network on a simulated TPU, or on this processor.",
    discussion: """
      Without a subcommand it trains; 'simtrain train --help' lists the options.

      Examples:
        simtrain --device tpu-sim
        simtrain --device tpu-sim --config edge-8x8 --set mxu.rows=16
        simtrain --device cpu --epochs 2 --json
        simtrain compare --device cpu --device tpu-sim --epochs 1
        simtrain evaluate --checkpoint mlp.ckpt.h5
        simtrain estimate --gemm 512x4096x4096 --config tpu-v4
        simtrain validate --suite scalesim
        simtrain config show tpu-v3
        simtrain inspect runs/RUN.h5

      Exit status: 0 success, 1 failure at run time, 2 wrong usage or input, 130 after Ctrl-C.
      """,
    version: "simtrain \(version)",
    subcommands: [
      TrainCommand.self, CompareCommand.self, EvaluateCommand.self, EstimateCommand.self,
      ValidateSuitesCommand.self,
      DevicesCommand.self, ConfigCommand.self, InspectCommand.self,
    ],
    defaultSubcommand: TrainCommand.self)

  static var commandNames: [String] {
    configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  /// The words at the start of the arguments that name a command; `train` if there are none.
  static func namedCommand(in arguments: [String]) -> [String] {
    guard let first = arguments.first,
      let command = configuration.subcommands.first(where: {
        $0.configuration.commandName == first
      })
    else { return ["train"] }
    let inner = command.configuration.subcommands.compactMap { $0.configuration.commandName }
    return [first] + arguments.dropFirst().prefix(1).filter(inner.contains)
  }
}
