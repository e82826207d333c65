import Foundation
import HDF5
import RunLog
import Testing

@Suite("A run that ends badly leaves a file that opens")
struct DurabilityTests {
  /// A clock that a test sets.
  private final class ManualClock {
    var seconds = 0.0
  }

  @Test("a snapshot is written once the interval has passed, not before, and at an epoch's end")
  func snapshots() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let clock = ManualClock()
      let writer = try Samples.writer(at: path, now: { clock.seconds })
      #expect(try RunFile(path: path).steps().isEmpty)
      clock.seconds = 0.999
      writer.recordStep(Samples.step(0))
      #expect(writer.savedStepCount == 0)
      clock.seconds = 1
      writer.recordStep(Samples.step(1))
      #expect(writer.savedStepCount == 2)
      #expect(try RunFile(path: path).steps().count == 2)
      writer.recordStep(Samples.step(2))
      #expect(try RunFile(path: path).steps().count == 2)
      writer.recordEpoch(Samples.epoch(1))
      let run = try RunFile(path: path)
      #expect(try run.steps().count == 3)
      #expect(try run.epochs() == [Samples.epoch(1)])
      #expect(run.status == .running)
    }
  }

  @Test("after a snapshot of half a second the next comes 12 seconds later, an epoch's too")
  func slowSnapshots() throws {
    try withTemporaryFolder { folder in
      let clock = ManualClock()
      // A snapshot looks at the clock twice, at its start and at its end.
      var tick = 0.0
      let writer = try Samples.writer(
        at: folder + "/run.h5",
        now: {
          clock.seconds += tick
          return clock.seconds
        })
      tick = 0.5
      writer.flush()
      tick = 0
      let end = clock.seconds
      clock.seconds = end + 11.9
      writer.recordStep(Samples.step(0))
      writer.recordEpoch(Samples.epoch(1))
      #expect(writer.savedStepCount == 0)
      clock.seconds = end + 12
      writer.recordStep(Samples.step(1))
      #expect(writer.savedStepCount == 2)
      #expect(try RunFile(path: writer.path).epochs() == [Samples.epoch(1)])
    }
  }

  @Test("a reader that opened the file before goes on reading the snapshot it opened")
  func concurrentReader() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let writer = try Samples.writer(at: path)
      (0..<10).map(Samples.step).forEach(writer.recordStep)
      writer.flush()
      let early = try RunFile(path: path)
      (10..<9000).map(Samples.step).forEach(writer.recordStep)
      writer.flush()
      #expect(try early.steps() == (0..<10).map(Samples.step))
      #expect(try RunFile(path: path).steps().count == 9000)
    }
  }

  @Test("killed at a random moment, the file opens with every step that was reported saved")
  func killed() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<12 {
      try withTemporaryFolder { folder in
        let path = folder + "/run.h5"
        let writer = try CrashWriter([path])
        var saved = try writer.nextSaved()
        usleep(UInt32.random(in: 0...40_000, using: &generator))
        kill(writer.process.processIdentifier, SIGKILL)
        writer.process.waitUntilExit()
        saved = writer.lastSaved() ?? saved
        #expect(writer.process.terminationReason == .uncaughtSignal)
        let run = try RunFile(path: path)
        let steps = try run.steps()
        #expect(steps.count >= saved)
        #expect(steps == steps.indices.map(Samples.step))
        // An epoch's row is there exactly when its thousand steps are.
        let epochs = try run.epochs().map(\.epoch)
        #expect(epochs.count == steps.count / 1000 || epochs.count + 1 == steps.count / 1000)
        #expect(epochs == Array(1..<(epochs.count + 1)))
      }
    }
  }

  @Test("a file that may not grow: one clear sentence, and the steps saved before can be read")
  func noSpace() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let writer = try CrashWriter([path, "65536"])
      var saved = 0
      var failure: String?
      while let line = writer.nextLine() {
        if line.hasPrefix("saved ") { saved = Int(line.dropFirst(6)) ?? 0 }
        if line.hasPrefix("failed ") { failure = String(line.dropFirst(7)) }
      }
      writer.process.waitUntilExit()
      #expect(writer.process.terminationStatus == 0)
      #expect(saved > 0)
      #expect(
        failure == "\(path): cannot write the run file: File too large. "
          + "Logging stops; the file holds the \(saved) steps logged before.")
      #expect(try RunFile(path: path).steps() == (0..<saved).map(Samples.step))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["run.h5"])
    }
  }

  @Test("no room for the first snapshot: the writer is refused and leaves no file")
  func noSpaceAtAll() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let writer = try CrashWriter([path, "100"])
      #expect(
        writer.nextLine() == "refused \(path): cannot write the run file: File too large. "
          + "Give a file in another folder.")
      writer.process.waitUntilExit()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }
}

/// A process that writes a run file and says what it has saved.
private final class CrashWriter {
  let process = Process()
  private let output = Pipe()
  private var buffer = Data()

  init(_ arguments: [String]) throws {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL = URL(filePath: tests).deletingLastPathComponent()
      .appending(path: "RunLogCrashWriter")
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
  }

  /// The next line, or `nil` at the end of the output.
  func nextLine() -> String? {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer = Data(buffer[(end + 1)...])
        return line
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      buffer += more
    }
  }

  func nextSaved() throws -> Int {
    let line = try #require(nextLine())
    return try #require(Int(line.dropFirst("saved ".count)))
  }

  /// The last count that was reported, or `nil` without another report.
  func lastSaved() -> Int? {
    var last: Int?
    while let line = nextLine() { last = Int(line.dropFirst("saved ".count)) }
    return last
  }
}
