internal import ConfigFiles
internal import Datasets
internal import DeviceAPI
internal import Glibc
internal import RunLog
internal import Training

/// Why a command ends with another status than 0.
enum CommandFailure: Error, Hashable, Sendable {
  /// Wrong usage or input: the user can mend it.
  case usage(String)
  /// The work itself failed.
  case runtime(String)
  /// A signal ended the work in good order; all has been said.
  case interrupted(signal: Int32)

  /// The process's exit status: 2 for wrong usage or input, 1 for a failure at run time, 128 and
  /// the signal's number after a signal.
  var exitCode: Int32 {
    switch self {
    case .usage: 2
    case .runtime: 1
    case .interrupted(let signal): 128 + signal
    }
  }

  /// The sentence for the user; `nil` if all has been said.
  var message: String? {
    switch self {
    case .usage(let message), .runtime(let message): message
    case .interrupted: nil
    }
  }

  /// What an error of the layers below means for the command.
  init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as TrainingError: self.init(error)
    case let error as DeviceError: self.init(error)
    case is ConfigError, is DatasetError, is RunLogError, is any InputError:
      self = .usage("\(error)")
    default: self = .runtime("\(error)")
    }
  }

  private init(_ error: TrainingError) {
    switch error {
    case .device(let error): self.init(error)
    case .graph, .nonFiniteLoss: self = .runtime("\(error)")
    case .dataset, .unknownOptimizer, .invalidSetting, .dataMismatch,
      .checkpointMismatch, .otherData, .otherPixels, .otherModel, .checkpointDamaged,
      .nonFiniteRange, .unusableProgram:
      self = .usage("\(error)")
    }
  }

  private init(_ error: DeviceError) {
    switch error.kind {
    // A program that does not fit the chip asks for another chip or another program.
    case .unsupported, .outOfMemory: self = .usage("\(error)")
    case .invalidGraph, .invalidBuffers, .executionFailed: self = .runtime("\(error)")
    }
  }
}
