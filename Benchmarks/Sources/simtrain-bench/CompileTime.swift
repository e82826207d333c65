internal import ConfigFiles
internal import DeviceAPI
internal import SystolicSim
internal import Training

/// Part 3: how long the training step takes to compile for each chip.
struct CompileTime {
  let library: ConfigLibrary
  let rounds: Int
  let thresholds: Thresholds

  func measure(into report: inout Report) throws {
    report.heading("Compiling the training step for tpu-sim, ms")
    let program = try benchmarkProgram()
    var rows: [[String]] = []
    for name in library.names(of: "Chips") {
      let device = SystolicDevice(chip: try Chip.load(name, library: library))
      var times = Measurement()
      for _ in 0..<rounds {
        let clock = ContinuousClock()
        let begin = clock.now
        let executable = try device.compile(program.step, options: CompileOptions())
        times.add(begin.duration(to: clock.now) / .milliseconds(1))
        // Used after the clock stopped, so that nothing of it can be left out.
        if executable.profile?.simulated == nil {
          throw BenchmarkError.cannotMeasure("The executable for '\(name)' has no schedule.")
        }
      }
      rows.append([
        name, times.median.fixed(1), times.least.fixed(1), times.greatest.fixed(1),
        "< \(thresholds.compileMilliseconds.fixed(0))",
        verdict(times.median < thresholds.compileMilliseconds),
      ])
    }
    report.table(["chip", "median", "least", "greatest", "expected", "verdict"], rows)
  }
}
