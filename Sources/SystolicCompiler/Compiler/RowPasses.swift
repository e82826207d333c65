internal import GraphIR
internal import GraphPasses

/// How often a loop over rows goes over a block of rows in VMEM: once for each reduction that waits for
/// another, and once for what waits for the last. A pass starts from the loop's inputs and computes anew what
/// it needs of the passes before, but for one value a row; so nothing but inputs and outputs takes room.
///
/// Softmax of `[rows, columns]` has three passes: the greatest; the sum of exponentials; exponentials divided.
///
/// - Validity: an exponential may be computed twice that could have been kept in VMEM. Errs slow.
struct RowPasses {
  private var computed: [ValueID: Int] = [:]
  private var read: [ValueID: Int] = [:]
  private let isOverRows: Bool

  init(_ group: FusionPlan.Group, of graph: Graph) {
    isOverRows = group.rowRank != nil
    guard isOverRows else { return }
    let bases = Dictionary(
      uniqueKeysWithValues: Set(group.members.flatMap { graph[$0].operands }).map {
        ($0, graph.viewBase(of: $0))
      })
    let members = Set(group.members)
    let elements = group.shape.reduce(1, *)
    func isReduction(_ value: ValueID) -> Bool { graph[value].operation.isReduction }
    func isFull(_ value: ValueID) -> Bool {
      !isReduction(value) && graph.type(of: value).elementCount == elements
    }
    // The pass in which a value can be computed first.
    var passes: [ValueID: Int] = [:]
    for member in group.members.sorted() {
      var pass = 0
      for operand in graph[member].operands {
        guard let base = bases[operand], members.contains(base) else { continue }
        pass = max(pass, (passes[base] ?? 0) + (isReduction(base) ? 1 : 0))
      }
      passes[member] = pass
    }
    let targets = members.filter { isReduction($0) || !isFull($0) || group.outputs.contains($0) }
    for pass in 0...(passes.values.max() ?? 0) {
      var wanted = targets.filter { passes[$0] == pass }
      var inputs: Set<ValueID> = []
      for member in group.members.sorted().reversed() where wanted.contains(member) {
        computed[member, default: 0] += 1
        for operand in graph[member].operands {
          guard let base = bases[operand] else { continue }
          if !members.contains(base) {
            inputs.insert(base)
          } else if isFull(base) {
            wanted.insert(base)
          }
        }
      }
      for input in inputs { read[input, default: 0] += 1 }
    }
  }

  /// Passes that compute a member.
  func count(of member: ValueID) -> Int { isOverRows ? computed[member] ?? 1 : 1 }

  /// Passes that read an input.
  func reads(of input: ValueID) -> Int { isOverRows ? read[input] ?? 1 : 1 }
}
