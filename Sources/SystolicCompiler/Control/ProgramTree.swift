package import DeviceAPI
package import GraphIR
internal import SystolicModel
internal import Units

/// A graph with loops and branches, compiled for a chip: straight programs, one after another, and others
/// that run between them as often as a loop turns or a branch is taken.
///
/// The core is empty between two programs: what one leaves to the next lies in DRAM, but for the state
/// of a loop that stays in VMEM. Several cores are so for what depends on no data: each core has its programs,
/// and waits after each for the others.
package struct ProgramTree: Sendable {
  /// Something that runs when all before it has ended.
  package indirect enum Node: Sendable {
    case straight(CompiledProgram)
    case loop(Loop)
    case branch(Branch)
    case cores(Phase)
  }

  /// What cores do beside each other.
  package struct Phase: Sendable {
    /// By core; `nil` where one has nothing to do.
    package var programs: [CoreProgram?]
    /// Cycles from the end of the last program until every core knows of it; 0 where none waits for it.
    package var barrierCycles: Int

    /// Until every core has ended.
    package var longest: Int {
      programs.reduce(0) { max($0, $1?.program.cost.cold.cycles.count ?? 0) }
    }

    /// The first core that is at work until the end.
    var lastCore: Int? {
      programs.firstIndex { $0?.program.cost.cold.cycles.count == longest }
    }
  }

  /// What a core does in a phase.
  package struct CoreProgram: Sendable {
    package var program: CompiledProgram
    /// What is added to the shards that its operations name, since equal work is compiled once.
    package var firstShard: Int
  }

  package struct Loop: Sendable {
    /// See `Branch`.
    package var place: [Int]
    package var name: String
    /// Copies of the first state to where turns change it; `nil` if there is nothing to copy.
    package var entry: CompiledProgram?
    /// What says whether there is another turn; empty where turns are counted.
    package var condition: [Node]
    package var body: [Node]
    /// Copies of the last state out of VMEM.
    package var exit: CompiledProgram?
    /// `nil` if it depends on data.
    package var turns: Int?
    /// Operands that stay in VMEM while the loop turns.
    package var held: Set<Int>
  }

  package struct Branch: Sendable {
    /// On the way from the graph to the instruction: values, and the numbers of regions, by turns; the
    /// last one is the instruction's own value.
    package var place: [Int]
    package var name: String
    /// Brings the index to where it is read; `nil` where it is known.
    package var index: CompiledProgram?
    package var branches: [[Node]]
    /// The branch that is always taken; `nil` if it depends on data.
    package var chosen: Int?
    /// The most expensive branch, where a turn each is counted of loops that depend on data.
    var dearest = 0
  }

  /// A copy over the host link.
  struct HostCopy: Sendable {
    var name: String
    var bytes: Int
    /// Of nodes: the first that reads it, or the one that computes it; `nil` if none does.
    var node: Int?
  }

  package let graph: Graph
  package let nodes: [Node]
  let infeeds: [HostCopy]
  let outfeeds: [HostCopy]
  let chip: Chip
  /// How many cores work on it.
  package var cores = 1
  /// Bytes of DRAM that it takes.
  package let dramBytes: Int

  /// All straight programs, each once.
  package var programs: [CompiledProgram] { nodes.flatMap(\.programs) }

  /// What an execution costs.
  ///
  /// - Parameter runs: how often the region at a place ran in it; `nil` if nothing has run: then one turn
  ///   is counted wherever turns depend on data, and the most expensive branch.
  package func cost(_ runs: ((_ place: [Int]) -> Int)? = nil) -> SimulatedCost {
    TreeCost(self, runs).cost()
  }
}

extension ProgramTree.Node {
  /// Cycles of one run, where nothing is known with a turn each, in a type that no product leaves.
  var leastCycles: Double {
    func sum(_ nodes: [ProgramTree.Node]) -> Double { nodes.reduce(0) { $0 + $1.leastCycles } }
    func once(_ program: CompiledProgram?) -> Double {
      Double(program?.cost.cold.cycles.count ?? 0)
    }
    switch self {
    case .straight(let program): return once(program)
    case .loop(let loop):
      return once(loop.entry) + once(loop.exit) + 2 * sum(loop.condition)
        + Double(loop.turns ?? 1) * sum(loop.body)
    case .branch(let branch):
      return once(branch.index) + (branch.branches.map(sum).max() ?? 0)
    case .cores(let phase): return Double(phase.longest + phase.barrierCycles)
    }
  }

  fileprivate var programs: [CompiledProgram] {
    switch self {
    case .straight(let program): [program]
    case .loop(let loop):
      [loop.entry].compactMap(\.self) + (loop.condition + loop.body).flatMap(\.programs)
        + [loop.exit].compactMap(\.self)
    case .branch(let branch):
      [branch.index].compactMap(\.self) + branch.branches.joined().flatMap(\.programs)
    case .cores(let phase): phase.programs.compactMap { $0?.program }
    }
  }
}
