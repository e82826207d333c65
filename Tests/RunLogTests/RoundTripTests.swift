import DeviceAPI
import Foundation
import HDF5
import RunLog
import Testing
import Units

@Suite("A run file gives back what was recorded")
struct RoundTripTests {
  @Test("header, steps, epochs and summary of a finished run")
  func wholeRun() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      // More steps than the buffers hold, so that columns grow in several pieces.
      let steps = (0..<10_000).map(Samples.step)
      let writer = try Samples.writer(at: path)
      steps[..<7000].forEach(writer.recordStep)
      writer.recordEpoch(Samples.epoch(1))
      steps[7000...].forEach(writer.recordStep)
      writer.recordEpoch(Samples.epoch(2))
      let summary = [
        RunAttribute("testAccuracy", .real(0.98)), RunAttribute("totalCycles", .integer(370_000)),
      ]
      writer.finish(.finished, summary: summary)
      #expect(writer.failure == nil)
      #expect(writer.savedStepCount == 10_000)

      let run = try RunFile(path: path)
      #expect(run.header == Samples.header)
      #expect(run.status == .finished)
      #expect(run.formatVersion == 2)
      #expect(try run.steps() == steps)
      #expect(try run.epochs() == [Samples.epoch(1), Samples.epoch(2)])
      #expect(try run.summary() == summary)
    }
  }

  @Test("executables, in the order in which they were added, with every number in its place")
  func executables() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let writer = try Samples.writer(at: path)
      // Names that sort otherwise than they were added, and names that no group can have as is.
      let names = ["train", "evaluate", "a/b", "train", "."]
      for (number, name) in names.enumerated() {
        #expect(writer.addExecutable(Samples.profile(name)) == number)
      }
      writer.finish(.finished, summary: [])
      let profiles = try RunFile(path: path).executables()
      #expect(profiles.map(\.name) == names)
      for (read, name) in zip(profiles, names) {
        let written = try #require(Samples.profile(name).simulated)
        let cost = try #require(read.simulated)
        #expect(read.measured == nil)
        #expect(cost.clockMegahertz == written.clockMegahertz)
        #expect(cost.unitNames == written.unitNames)
        #expect(cost.occupancy == written.occupancy)
        #expect(cost.onChipCapacity == written.onChipCapacity)
        #expect(cost.peakMACsPerCycle == written.peakMACsPerCycle)
        #expect(cost.dataDependences == written.dataDependences)
        for (a, b) in [(cost.cold, written.cold), (cost.steady, written.steady)] {
          #expect(a.cycles == b.cycles)
          #expect(a.units == b.units)
          #expect(a.timeline.rows == b.timeline.rows)
          #expect(a.energy == b.energy)
        }
        #expect(cost.ops.count == written.ops.count)
        for (a, b) in zip(cost.ops, written.ops) {
          #expect(a.name == b.name && a.kind == b.kind && a.unit == b.unit)
          #expect(a.cycles == b.cycles && a.macs == b.macs)
          #expect(a.vectorOperations == b.vectorOperations)
          #expect(a.traffic == b.traffic && a.energy == b.energy)
        }
      }
      let file = try HDF5File(openingAt: path)
      #expect(
        try file.members(of: "executables") == ["a_b", "evaluate", "train", "train-2", "unnamed"])
    }
  }

  @Test("roofline points are flops a byte and flops a cycle of the operations")
  func roofline() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let writer = try Samples.writer(at: path)
      var profile = Samples.profile("train")
      // 2 · 400 + 200 = 1,000 flops, 50 bytes and 10 cycles: 20 flops a byte, 100 a cycle.
      profile.simulated?.ops[1].macs = 400
      profile.simulated?.ops[1].vectorOperations = 200
      profile.simulated?.ops[1].cycles = Cycles(10)
      profile.simulated?.ops[1].traffic[MemoryLevel.offChip.index] = MemoryTraffic(
        read: Bytes(30), written: Bytes(20))
      profile.simulated?.ops[0].traffic[MemoryLevel.offChip.index] = MemoryTraffic()
      writer.addExecutable(profile)
      writer.flush()
      let table = try HDF5File(openingAt: path).readTable(from: "executables/train/roofline")
      #expect(table["op"] == .int32([1]))
      #expect(table["operationalIntensity"] == .float64([20]))
      #expect(table["flopsPerCycle"] == .float64([100]))
    }
  }

  @Test("a device without a cost model leaves no columns of cycles and keeps its measured times")
  func measuredDevice() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let writer = try Samples.writer(at: path, modelsCost: false)
      writer.recordStep(StepRecord(step: 5, loss: .nan))
      writer.recordStep(StepRecord(step: 6, loss: .infinity))
      writer.addExecutable(
        ExecutionProfile(
          name: "train", measured: MeasuredCost(executions: 2, totalSeconds: 0.5)))
      writer.finish(.interrupted, summary: [])
      let run = try RunFile(path: path)
      let steps = try run.steps()
      #expect(steps.map(\.step) == [5, 6])
      #expect(steps[0].loss.isNaN && steps[1].loss == .infinity)
      #expect(steps.allSatisfy { $0.cost == nil })
      let profile = try #require(try run.executables().first)
      #expect(profile.simulated == nil)
      #expect(profile.measured?.executions == 2)
      #expect(profile.measured?.totalSeconds == 0.5)
      #expect(run.status == .interrupted)
      #expect(
        try HDF5File(openingAt: path).members(of: "metrics/step") == ["loss", "step"])
    }
  }

  @Test("a run that scales its loss keeps scale and skipped steps of each step")
  func lossScale() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let writer = try RunWriter(
        path: path, header: Samples.header, modelsCost: false, scalesLoss: true, now: { 0 })
      let steps = [
        StepRecord(step: 0, loss: 2, lossScale: StepLossScale(scale: 65536, skippedSteps: 0)),
        StepRecord(step: 1, loss: 2, lossScale: StepLossScale(scale: 32768, skippedSteps: 1)),
      ]
      steps.forEach(writer.recordStep)
      writer.finish(.finished, summary: [])
      #expect(try RunFile(path: path).steps() == steps)
      #expect(
        try HDF5File(openingAt: path).members(of: "metrics/step")
          == ["loss", "lossScale", "skippedSteps", "step"])
    }
  }

  @Test("a step without a cost among steps with one reads back without one")
  func stepWithoutCost() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let writer = try Samples.writer(at: path)
      let steps = [Samples.step(0), StepRecord(step: 1, loss: 2), Samples.step(2)]
      steps.forEach(writer.recordStep)
      writer.flush()
      #expect(try RunFile(path: path).steps() == steps)
    }
  }

  @Test("the same run gives the same bytes")
  func sameBytes() throws {
    try withTemporaryFolder { folder throws in
      func file(_ name: String) throws -> Data {
        let writer = try Samples.writer(at: folder + "/" + name)
        writer.addExecutable(Samples.profile("train"))
        (0..<500).map(Samples.step).forEach(writer.recordStep)
        writer.finish(.finished, summary: [])
        return try Data(contentsOf: URL(filePath: folder + "/" + name))
      }
      #expect(try file("a.h5") == file("b.h5"))
    }
  }

  @Test("what a file says does not depend on when its snapshots were taken", arguments: [1, 77])
  func snapshotTimes(interval: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let steps = (0..<9000).map(Samples.step)
      let writer = try Samples.writer(at: path)
      for (index, step) in steps.prefix(300).enumerated() {
        writer.recordStep(step)
        if index % interval == 0 { writer.flush() }
      }
      steps.dropFirst(300).forEach(writer.recordStep)
      writer.finish(.finished, summary: [])
      #expect(try RunFile(path: path).steps() == steps)
    }
  }
}
