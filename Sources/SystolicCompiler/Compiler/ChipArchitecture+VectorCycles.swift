package import GraphIR
package import SystolicModel

extension ChipArchitecture {
  /// Cycles of the vector unit for a graph, one instruction a group, everything in VMEM.
  package func vectorCycles(of graph: Graph) -> Int {
    var lowering = Lowering(graph, vpu: vpu)
    return lowering.run().groups.reduce(0) { $0 + vpu.cycles(for: $1.work, vmem: vmem) }
  }
}
