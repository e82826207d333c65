internal import GraphIR

/// A part of a batch: whole examples, one after another.
struct ShardInput {
  /// Among the shards of the batch.
  var index = 0
  /// What the shard adds to the scopes of its instructions: `/shard0`; nothing for a whole batch.
  var scope = ""
  var images: ValueID
  var labels: ValueID
  /// How many examples.
  var size: Int

  /// One of so many equal parts.
  func part(_ index: Int, of count: Int, in builder: inout GraphBuilder) throws(GraphError)
    -> ShardInput
  {
    let share = size / count
    func rows(_ value: ValueID, _ builder: inout GraphBuilder) throws(GraphError) -> ValueID {
      let shape = builder.type(of: value).shape
      let start = [index * share] + shape.dropFirst().map { _ in 0 }
      let limit = [(index + 1) * share] + shape.dropFirst()
      return try builder.append(
        .slice(start: start, limit: limit, strides: shape.map { _ in 1 }), [value])
    }
    let scope = "/" + ShardScope.name(index)
    return try builder.withScope("forward\(scope)/input") { (builder) throws(GraphError) in
      ShardInput(
        index: index, scope: scope, images: try rows(images, &builder),
        labels: try rows(labels, &builder), size: share)
    }
  }
}

/// What a shard brings to a step.
struct ShardOutput {
  /// The sum of its losses, divided by the size of the batch.
  var loss: ValueID
  /// Of that, for each parameter.
  var gradients: [ValueID]
  /// New running statistics, as if it were the whole batch.
  var statistics: [ValueID]
}

extension TrainingProgram {
  /// Cuts a batch in shards, computes each by itself, and puts the parts together: sums of losses and
  /// gradients, means of running statistics. So do the replicas of data-parallel training, and a
  /// batch in one shard is an ordinary step.
  ///
  /// A sum is a balanced binary tree over neighbours, whose order does not depend on where the shards
  /// are computed.
  ///
  /// - Parameter count: a power of two that divides the batch.
  static func wholeBatch(
    _ count: Int, of batch: ShardInput, in builder: inout GraphBuilder,
    computing shard: (ShardInput, inout GraphBuilder) throws(GraphError) -> ShardOutput
  ) throws(GraphError) -> ShardOutput {
    if count == 1 { return try shard(batch, &builder) }
    var parts: [ShardOutput] = []
    for index in 0..<count {
      parts.append(try shard(batch.part(index, of: count, in: &builder), &builder))
    }
    return try builder.withScope("shards") { (builder) throws(GraphError) in
      var whole = parts[0]
      whole.loss = try builder.treeSum(parts.map(\.loss))
      for index in whole.gradients.indices {
        whole.gradients[index] = try builder.treeSum(parts.map { $0.gradients[index] })
      }
      for index in whole.statistics.indices {
        whole.statistics[index] = try builder.times(
          1 / Double(count), builder.treeSum(parts.map { $0.statistics[index] }))
      }
      return whole
    }
  }

  /// - Throws: `TrainingError.invalidSetting` for shards that a batch cannot be cut in.
  static func checkShards(_ shards: Int, batchSize: Int, quantizeAware: Bool) throws(TrainingError)
  {
    func fail(_ expected: String) -> TrainingError {
      .invalidSetting(name: "number of shards", value: "\(shards)", expected: expected)
    }
    if shards < 1 || shards & (shards - 1) != 0 { throw fail("a power of two") }
    if batchSize % shards != 0 { throw fail("a divisor of the batch size, \(batchSize)") }
    if shards > 1 && quantizeAware {
      throw fail("1 in quantization-aware training, whose ranges are those of whole batches")
    }
  }
}

extension GraphBuilder {
  /// The sum of values of one type, a power of two of them: neighbours first, then sums of
  /// neighbours.
  fileprivate mutating func treeSum(_ values: [ValueID]) throws(GraphError) -> ValueID {
    var level = values
    while level.count > 1 {
      var next: [ValueID] = []
      for index in stride(from: 0, to: level.count, by: 2) {
        next.append(try add(level[index], level[index + 1]))
      }
      level = next
    }
    return level[0]
  }
}
