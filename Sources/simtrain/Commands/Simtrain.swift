internal import ArgumentParser

/// The root command.
struct Simtrain: ExampledCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "simtrain",
    abstract: "Train a neural network on a simulated TPU, or on this processor.",
    discussion: """
      Without a subcommand it trains; 'simtrain train --help' lists the options.

      Exit status: 0 success, 1 failure at run time, 2 wrong usage or input, 130 after Ctrl-C, 143 \
      after SIGTERM, 129 after SIGHUP.
      """,
    version: "simtrain \(version)",
    subcommands: [
      TrainCommand.self, CompareCommand.self, EvaluateCommand.self, RunCommand.self,
      EstimateCommand.self,
      ValidateSuitesCommand.self,
      DevicesCommand.self, PluginsCommand.self, ConfigCommand.self, InspectCommand.self,
      ExportCommand.self,
    ],
    defaultSubcommand: TrainCommand.self)

  static let examples = [
    "simtrain --device tpu-sim",
    "simtrain --config edge-8x8 --set mxu.rows=16 --epochs 1",
    "simtrain --device cpu --epochs 2 --json",
    "simtrain compare --device cpu --device tpu-sim --epochs 1",
    "simtrain --device pjrt:cuda --epochs 2",
    "simtrain --epochs 1 --checkpoint mlp.h5",
    "simtrain evaluate --checkpoint mlp.h5",
    "simtrain run step.mlir --inputs step.npz",
    "simtrain estimate --gemm 512x4096x4096 --config tpu-v4",
    "simtrain validate --suite scalesim",
    "simtrain config show tpu-v3",
    "simtrain --epochs 1 --log run.h5",
    "simtrain inspect run.h5",
    "simtrain export run.h5 --format chrome-json --output trace.json",
  ]
}
