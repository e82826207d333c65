package import DeviceAPI
internal import HDF5

/// Writes the file of one run while the run goes on.
///
/// The file is built in memory and published whole: in `init`, once a flush interval, at the end
/// of each epoch and in `finish`, a complete snapshot takes the file's name in one step. A process
/// that is killed at any moment therefore leaves the last snapshot, which any HDF5 reader opens.
///
/// A snapshot's cost grows with the file. Where it would take more than 1/25 of the run's time (a
/// file of tens of mebibytes, or a slow disk), snapshots come less often than asked for.
///
/// Recording never throws. Where a snapshot cannot be written (a full disk, say), `failure` says
/// why, the last snapshot stays, and every later call does nothing: a run outlives its log.
///
/// A writer belongs to one thread or actor; it is not `Sendable`.
package final class RunWriter {
  /// Monotonic seconds; it decides when snapshots are written, never what is in them.
  package typealias Clock = () -> Double

  /// Where the file is.
  package let path: String
  /// Why logging stopped; `nil` as long as it goes on.
  package private(set) var failure: RunLogError?
  /// Steps that the file on disk holds.
  package private(set) var savedStepCount = 0
  /// Bytes of the file on disk.
  package private(set) var fileByteCount = 0
  /// Host time spent in snapshots and in moving full buffers.
  package private(set) var writingSeconds = 0.0

  private var contents: RunContents?
  private var snapshot: SnapshotFile
  private var image: [UInt8] = []
  private let now: Clock
  private let flushIntervalSeconds: Double
  private var lastFlush: Double
  private var lastFlushSeconds = 0.0
  private var stepCount = 0
  private var isEpochUnsaved = false

  /// How many times as long as a snapshot takes the run goes on before the next.
  private static let restPerSnapshot = 24.0

  /// Checks, without touching what lies there, that a run file, or the summary of a comparison, may
  /// take the name `path`.
  ///
  /// - Throws: `fileExists`, `notAFile`, `cannotCreateFolder`, `cannotWrite`.
  package static func checkDestination(
    _ path: String, replacesExisting: Bool
  ) throws(RunLogError) {
    try SnapshotFile(path: path, replacesExisting: replacesExisting, createsFolder: true)
      .checkFolder()
  }

  /// Creates the file, with everything in it that is known before the first step.
  ///
  /// - Parameters:
  ///   - modelsCost: Whether the device says what a step costs; without it the file has no
  ///     columns for cycles and energy.
  ///   - scalesLoss: Whether the run scales its loss; without it the file has no columns for that.
  ///   - replacesExisting: Whether a file at `path` is replaced. It stays until the first snapshot
  ///     is complete.
  ///   - createsFolder: Whether missing folders on the way to `path` are made.
  ///   - flushIntervalSeconds: The time between snapshots while steps are recorded.
  ///   - now: Monotonic seconds.
  /// - Throws: `fileExists`, `notAFile`, `cannotCreateFolder`, `cannotWrite`, `hdf5`.
  package init(
    path: String, header: RunHeader, modelsCost: Bool, scalesLoss: Bool = false,
    replacesExisting: Bool = false, createsFolder: Bool = false, flushIntervalSeconds: Double = 1,
    now: @escaping Clock
  ) throws(RunLogError) {
    self.path = path
    self.now = now
    self.flushIntervalSeconds = flushIntervalSeconds
    snapshot = try SnapshotFile(
      path: path, replacesExisting: replacesExisting, createsFolder: createsFolder)
    do {
      contents = try RunContents(
        path: path, header: header, modelsCost: modelsCost, scalesLoss: scalesLoss)
    } catch { throw .hdf5(error) }
    lastFlush = now()
    flush()
    if let failure { throw failure }
  }

  /// Adds what one executable costs.
  ///
  /// A simulated executable is added when it is compiled; a measured one when its times are known.
  /// - Returns: The number that `StepCost.executable` names it by, counted from 0.
  @discardableResult
  package func addExecutable(_ profile: ExecutionProfile) -> Int {
    guard contents != nil else { return 0 }
    var number = 0
    attempt { (contents: inout RunContents) throws(HDF5Error) in
      number = try contents.addExecutable(profile)
    }
    return number
  }

  /// Adds how far operations are from those of another device.
  package func addDeviations(_ records: [DeviationRecord]) {
    attempt { (contents: inout RunContents) throws(HDF5Error) in
      try contents.file.writeWithUnits(DeviationTable.encode(records), to: RunFormat.deviations)
    }
  }

  /// Records one step. It allocates nothing and touches the disk at most once a flush interval.
  package func recordStep(_ record: StepRecord) {
    guard contents != nil else { return }
    contents?.steps.add(record)
    stepCount += 1
    if contents?.steps.isFull == true {
      let start = now()
      attempt { (contents: inout RunContents) throws(HDF5Error) in try contents.steps.drain() }
      writingSeconds += now() - start
    }
    let elapsed = now() - lastFlush
    if elapsed >= flushIntervalSeconds || isEpochUnsaved, isAffordable(after: elapsed) { flush() }
  }

  /// Records one epoch and writes a snapshot, at once or as soon as snapshots may be so frequent.
  package func recordEpoch(_ record: EpochRecord) {
    attempt { (contents: inout RunContents) throws(HDF5Error) in
      try contents.epochs.append(EpochTable.encode(record))
    }
    isEpochUnsaved = true
    if isAffordable(after: now() - lastFlush) { flush() }
  }

  /// Whether a snapshot now would leave the share of snapshots in the run's time small enough.
  private func isAffordable(after elapsed: Double) -> Bool {
    elapsed >= Self.restPerSnapshot * lastFlushSeconds
  }

  /// Writes a snapshot of everything recorded so far.
  package func flush() { flush(isLast: false) }

  /// Records how the run ended and its summary, and writes the last snapshot.
  ///
  /// Later calls do nothing.
  /// - Parameter failure: Why it failed, where it did.
  package func finish(_ status: RunStatus, failure: String? = nil, summary: [RunAttribute]) {
    attempt { (contents: inout RunContents) throws(HDF5Error) in
      try contents.finish(status, failure: failure, summary: summary)
    }
    flush(isLast: true)
    contents = nil
    image = []
  }

  private func flush(isLast: Bool) {
    guard contents != nil else { return }
    let start = now()
    var size = 0
    attempt { (contents: inout RunContents) throws(HDF5Error) in
      try contents.steps.drain()
      size = try contents.file.copyImage(into: &image)
    }
    guard failure == nil else { return }
    do throws(RunLogError) {
      try snapshot.publish(
        image, byteCount: size, savedSteps: savedStepCount, isLast: isLast)
      savedStepCount = stepCount
      fileByteCount = size
    } catch { stop(error) }
    isEpochUnsaved = false
    lastFlush = now()
    lastFlushSeconds = lastFlush - start
    writingSeconds += lastFlushSeconds
  }

  /// Changes the contents; a refusal of `libhdf5` stops logging.
  private func attempt(_ body: (inout RunContents) throws(HDF5Error) -> Void) {
    guard var taken = contents.take() else { return }
    do throws(HDF5Error) {
      try body(&taken)
      contents = consume taken
    } catch { stop(.hdf5(error)) }
  }

  private func stop(_ error: RunLogError) {
    failure = error
    contents = nil
    image = []
  }
}
