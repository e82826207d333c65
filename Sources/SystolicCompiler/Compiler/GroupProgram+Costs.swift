package import DeviceAPI
package import SystolicModel

/// What a group costs as a program of its own.
extension GroupProgram {
  /// How the units spend the one execution, which takes so many cycles.
  package func usage(cycles: Int, chip: Chip, _ timing: ChipTiming) -> [UnitUsage] {
    costBuilder(name: "", kind: "", chip, timing).coldUsage(cycles: cycles)
  }

  /// The schedules of a product.
  package func profile(name: String, chip: Chip, _ timing: ChipTiming) -> ExecutionProfile {
    let builder = costBuilder(name: name, kind: "dot_general", chip, timing)
    let engine = TimelineEngine(builder.program, timing, recorder: NoRecorder())
    let names =
      problem.inputs.indices.map { "input \($0)" } + problem.outputs.indices.map { "output \($0)" }
    return ExecutionProfile(
      name: name, simulated: builder.cost(engine.executionTimes(), tensorNames: names))
  }

  private func costBuilder(
    name: String, kind: String, _ chip: Chip, _ timing: ChipTiming
  ) -> CostBuilder {
    CostBuilder(
      program: ProgramFrame(problem, name: name, kind: kind).program(self), chip: chip, timing)
  }
}
