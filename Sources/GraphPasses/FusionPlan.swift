package import GraphIR

/// Which instructions of a graph run together, without writing what lies between them to memory.
///
/// Devices ask for a plan and then compile group by group. The plan changes no value: a group
/// computes exactly its members' operations, one rounding each.
///
/// The rule is greedy and keeps one property that makes every plan valid: groups stand in the order
/// of execution, and a group reads only values of earlier groups, or its own. An instruction joins
/// the latest group that any of its operands comes from, if it fits; if not, the latest later group
/// over the same index space that reads one of the same operands (the updates of one parameter's
/// moments become one loop that way); if none fits it opens a group. Elementwise instructions that
/// depend on inputs alone wait for their first user and join it, or run before everything else.
package struct FusionPlan: Hashable, Sendable {
  /// What a device is able to fuse.
  package struct Rules: Hashable, Sendable {
    /// Elementwise instructions join at all.
    package var elementwise: Bool
    /// Elementwise instructions that follow a product join its group: the epilogue.
    package var productEpilogues: Bool
    /// A reduction joins the loop that computes its operand.
    package var reductions: Bool
    /// Elementwise instructions join each other without a product before them.
    package var chains: Bool
    /// Reductions of whole rows open loops, and what they bring is read in the same loop, if so.
    package var rows: Rows?

    /// Which loops run over whole rows at a time.
    package struct Rows: Hashable, Sendable {
      /// Elements of the index space at least.
      package var leastElements: Int
      /// Elements of a row at most.
      package var mostRowElements: Int

      package init(leastElements: Int, mostRowElements: Int) {
        self.leastElements = leastElements
        self.mostRowElements = mostRowElements
      }
    }

    package init(
      elementwise: Bool, productEpilogues: Bool, reductions: Bool, chains: Bool = true,
      rows: Rows? = nil
    ) {
      self.chains = chains
      self.rows = rows
      self.elementwise = elementwise
      self.productEpilogues = productEpilogues
      self.reductions = reductions
    }

    /// Every instruction by itself.
    package static let none = Rules(elementwise: false, productEpilogues: false, reductions: false)
    /// Elementwise instructions behind a product, and nothing else.
    package static let epilogues = Rules(
      elementwise: true, productEpilogues: true, reductions: false, chains: false)
    /// Everything that the plan knows.
    package static let all = Rules(elementwise: true, productEpilogues: true, reductions: true)
  }

  /// Instructions that run together.
  package struct Group: Hashable, Sendable {
    /// What the first instruction is; elementwise members follow it.
    package enum Kind: Hashable, Sendable {
      /// A loop over elementwise instructions.
      case loop
      /// A `dot_general` or `convolution`, with its epilogue.
      case product
      /// Anything else, by itself: `transpose`, `reduce` without a producer, `pad`, ... An
      /// instruction of several values is one with all of them.
      case single
    }

    package var kind: Kind
    /// The index space of the elementwise members.
    package var shape: [Int]
    /// The instructions in an order in which they may run; never views.
    package var members: [ValueID]
    /// Values that the group reads and others define: parameters, constants, other groups'
    /// outputs. Views are looked through. Ascending.
    package var inputs: [ValueID]
    /// Members that something outside the group, or the graph's results, need. Ascending.
    package var outputs: [ValueID]
    /// A loop over rows: so many leading dimensions of `shape` number them. Reductions of rows, and what
    /// is computed of them, are read in the same loop.
    package var rowRank: Int?

    /// Whether a value of this shape has one element for each row of a loop over rows.
    package func hasOneElementForEachRow(_ shape: [Int]) -> Bool {
      guard let rowRank else { return false }
      return shape.count >= rowRank && shape.prefix(rowRank) == self.shape.prefix(rowRank)
        && shape.dropFirst(rowRank).allSatisfy { $0 == 1 }
    }

    package init(
      kind: Kind, shape: [Int], members: [ValueID], inputs: [ValueID], outputs: [ValueID]
    ) {
      self.kind = kind
      self.shape = shape
      self.members = members
      self.inputs = inputs
      self.outputs = outputs
    }
  }

  package var groups: [Group]
  /// The group of each instruction; `nil` for views, parameters and constants.
  package var groupOfValue: [Int?]

  /// Divides a verified graph; instructions that no result needs belong to no group.
  package init(_ graph: Graph, rules: Rules) {
    var planner = FusionPlanner(graph: graph, rules: rules)
    (groups, groupOfValue) = planner.run()
    findEdges(graph, bases: planner.bases)
  }

  /// Fills in what each group reads and what others need of it.
  ///
  /// - Parameter bases: of every value, see `Graph.viewBases`.
  private mutating func findEdges(_ graph: Graph, bases: [ValueID]) {
    var isNeeded = [Bool](repeating: false, count: graph.instructions.count)
    for result in graph.results { isNeeded[bases[result.value.index].index] = true }
    for index in groups.indices {
      var inputs: [ValueID] = []
      for member in groups[index].members {
        for operand in graph.instructions[member.index].operands {
          let base = bases[operand.index]
          if groupOfValue[base.index] != index { inputs.append(base) }
        }
      }
      inputs.sort()
      var distinct: [ValueID] = []
      for input in inputs where distinct.last != input { distinct.append(input) }
      groups[index].inputs = distinct
      for input in distinct { isNeeded[input.index] = true }
    }
    for index in groups.indices {
      groups[index].outputs = groups[index].members.filter { isNeeded[$0.index] }.sorted()
    }
  }
}
