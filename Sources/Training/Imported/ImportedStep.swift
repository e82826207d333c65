package import GraphIR

/// A training step that another tool wrote: which of its arguments the batch goes to, which are state,
/// and which result is the loss.
///
/// State is what is not fed. A result takes the place of an argument that donates its memory to it; where
/// no argument does, of the first argument behind the one before that has its type. What no result
/// replaces stays as it is.
package struct ImportedStep: Sendable {
  /// What errors call it.
  package let name: String
  package let graph: Graph
  /// Numbers of the arguments that the batch goes to.
  let images: Int
  let labels: Int
  /// Number of the result that is the mean loss of the batch.
  let loss: Int
  /// Numbers of the arguments that stay on the device, ascending.
  let kept: [Int]
  /// By argument, the result that is its new value.
  let updates: [Int: Int]

  /// - Parameters:
  ///   - loss: the number of its result; `nil` for the only scalar of floats that is no state.
  /// - Throws: `TrainingError.unusableProgram`.
  package init(
    _ graph: Graph, name: String, images: Int, labels: Int, loss: Int?
  ) throws(TrainingError) {
    let count = graph.parameters.count
    for (feed, index) in [("images", images), ("labels", labels)]
    where !graph.parameters.indices.contains(index) {
      throw .unusableProgram(
        name: name,
        reason: (count == 0
          ? "it has no arguments" : "it has the arguments in0 to in\(count - 1)")
          + ", and --feed \(feed)=\(index) is none. Give the number of one")
    }
    if images == labels {
      throw .unusableProgram(
        name: name, reason: "images and labels are both fed to in\(images). Give two arguments")
    }
    self.name = name
    self.graph = graph
    (self.images, self.labels) = (images, labels)
    kept = graph.parameters.indices.filter { $0 != images && $0 != labels }
    self.loss = try Self.loss(of: graph, name: name, asked: loss)
    updates = try Self.updates(of: graph, name: name, kept: kept, loss: self.loss)
    if updates.isEmpty {
      throw .unusableProgram(
        name: name,
        reason:
          "no result has the type of an argument that is not fed, so nothing is learnt. Return "
          + "the new state in the order of the arguments, or donate them (donate_argnums)")
    }
  }

  /// Images in a step.
  package var batchSize: Int { graph.parameters[images].type.shape.first ?? 1 }

  /// The arguments that stay on the device.
  package var state: [Parameter] { kept.map { graph.parameters[$0] } }

  private static func loss(
    of graph: Graph, name: String, asked: Int?
  ) throws(TrainingError) -> Int {
    func isLoss(_ index: Int) -> Bool {
      let type = graph.type(of: graph.results[index].value)
      return type.elementCount == 1 && type.dtype.isFloatingPoint
        && graph.results[index].donatedParameter == nil
    }
    if let asked {
      guard graph.results.indices.contains(asked), isLoss(asked) else {
        throw .unusableProgram(
          name: name,
          reason:
            "--loss \(asked) is no result that is one floating-point number and no state. Use one "
            + "of: \(graph.results.indices.filter(isLoss).map(String.init).joined(separator: ", "))"
        )
      }
      return asked
    }
    let candidates = graph.results.indices.filter(isLoss)
    guard candidates.count == 1 else {
      throw .unusableProgram(
        name: name,
        reason: candidates.isEmpty
          ? "no result is one floating-point number, the loss. Return it beside the new state"
          : "the results \(candidates.map(String.init).joined(separator: ", ")) could all be the loss. "
            + "Say which with --loss")
    }
    return candidates[0]
  }

  /// By argument, the result that is its new value: what is donated says so; the others go by order and
  /// type, as far as that tells them apart.
  private static func updates(
    of graph: Graph, name: String, kept: [Int], loss: Int
  ) throws(TrainingError) -> [Int: Int] {
    var updates: [Int: Int] = [:]
    for (index, result) in graph.results.enumerated() {
      if let donated = result.donatedParameter, kept.contains(donated) { updates[donated] = index }
    }
    let donated = updates
    func type(_ result: Int) -> TensorType { graph.type(of: graph.results[result].value) }
    var next = 0
    for parameter in kept where donated[parameter] == nil {
      let found = graph.results.indices.first {
        $0 >= next && $0 != loss && graph.results[$0].donatedParameter == nil
          && type($0) == graph.parameters[parameter].type
      }
      guard let found else { continue }
      updates[parameter] = found
      next = found + 1
    }
    for (parameter, result) in updates.sorted(by: { $0.key < $1.key })
    where donated[parameter] == nil {
      let others = kept.filter {
        updates[$0] == nil && graph.parameters[$0].type == type(result)
      }
      if let other = others.first {
        throw .unusableProgram(
          name: name,
          reason:
            "its result out\(result) may be the new in\(parameter) or the new in\(other), which "
            + "are both \(type(result)). Donate what is state (donate_argnums)")
      }
    }
    return updates
  }
}

/// A program that looks at images with the state of an imported step: its arguments are tensors of the
/// state in order, the images last; its first result are the logits.
package struct ImportedPrediction: Sendable {
  package let name: String
  package let graph: Graph
  /// By argument but the last, the number of a tensor of the state.
  let sources: [Int]

  /// - Throws: `TrainingError.unusableProgram`.
  package init(
    _ graph: Graph, name: String, for step: ImportedStep
  ) throws(TrainingError) {
    self.name = name
    self.graph = graph
    guard let result = graph.results.first, !graph.parameters.isEmpty,
      case let type = graph.type(of: result.value), type.rank == 2, type.dtype.isFloatingPoint
    else {
      throw .unusableProgram(
        name: name, reason: "expected logits [batch, classes] as its first result")
    }
    let state = step.state
    var sources: [Int] = []
    for parameter in graph.parameters.dropLast() {
      let next = (sources.last ?? -1) + 1
      guard
        let found = state.indices.first(where: { $0 >= next && state[$0].type == parameter.type })
      else {
        throw .unusableProgram(
          name: name,
          reason:
            "its argument '\(parameter.name)' is \(parameter.type), which no tensor of the step's "
            + "state behind those before is. Its arguments are tensors of the state in order, and the "
            + "images last")
      }
      sources.append(found)
    }
    self.sources = sources
  }

  /// Images at once.
  var batchSize: Int { graph.parameters.last?.type.shape.first ?? 1 }
}
