package import HDF5

/// A value in a run file: text, a number, a flag, or a list of texts or numbers.
package typealias RunValue = HDF5Value

/// A named value: a configuration key, a hyper-parameter, a figure of the summary.
package struct RunAttribute: Hashable, Sendable {
  /// The attribute's name in the file.
  package var name: String
  /// The attribute's value.
  package var value: RunValue

  /// An attribute of this name and value.
  package init(_ name: String, _ value: RunValue) {
    self.name = name
    self.value = value
  }
}

/// What is known of a run before its first step.
package struct RunHeader: Hashable, Sendable {
  /// The program and its version: `simtrain 0.1.0`.
  package var generator: String
  /// The command, one word an element.
  package var commandLine: [String]
  /// What initial values and the order of samples follow from.
  package var seed: UInt64
  /// The name of the device: `tpu-sim`.
  package var device: String
  /// The data set's name: `mnist`.
  package var dataset: String
  /// The model's name: `mlp`.
  package var model: String
  /// Epochs, batch size, learning rate, optimizer and the like. A file gives them back in
  /// alphabetical order.
  package var hyperParameters: [RunAttribute]
  /// The description of the run as YAML, from which the same run can be started; `nil` for a file
  /// that is not of a training run.
  package var recipe: String?
  /// The architecture; `nil` for a device that has no configuration.
  package var config: Config?
  /// What the run continues; `nil` for a run from the start.
  package var continuation: Continuation?

  /// The run before, of which this one is the rest.
  package struct Continuation: Hashable, Sendable {
    /// The run file of the run before; `nil` where it wrote none.
    package var runFile: String?
    /// The checkpoint that this run was resumed from.
    package var checkpoint: String
    /// The number of this run's first step.
    package var firstStep: Int

    /// The run before, by its files.
    package init(runFile: String?, checkpoint: String, firstStep: Int) {
      self.runFile = runFile
      self.checkpoint = checkpoint
      self.firstStep = firstStep
    }
  }

  /// A device's configuration, as text and by key.
  package struct Config: Hashable, Sendable {
    /// The name or path that it was chosen by.
    package var name: String
    /// The whole file with every override applied.
    package var text: String
    /// Its values by path, `mxu.rows`. A file gives them back in alphabetical order.
    package var values: [RunAttribute]

    /// A configuration as text and by key.
    package init(name: String, text: String, values: [RunAttribute]) {
      self.name = name
      self.text = text
      self.values = values
    }
  }

  /// All that a file says before its first step.
  package init(
    generator: String, commandLine: [String], seed: UInt64, device: String, dataset: String,
    model: String, hyperParameters: [RunAttribute], recipe: String? = nil, config: Config?,
    continuation: Continuation? = nil
  ) {
    self.generator = generator
    self.commandLine = commandLine
    self.seed = seed
    self.device = device
    self.dataset = dataset
    self.model = model
    self.hyperParameters = hyperParameters
    self.recipe = recipe
    self.config = config
    self.continuation = continuation
  }
}

/// How far a run came.
package enum RunStatus: String, Hashable, Sendable, CaseIterable {
  /// It goes on, or was killed.
  case running
  case finished
  /// It was told to end early and ended in good order.
  case interrupted
  /// It could not go on; the loss was no finite number any more, for example.
  case failed
}
