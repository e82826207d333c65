internal import CKernels
internal import Foundation
internal import Synchronization

/// Work that is divided into parts which may run at the same time.
protocol PartRunner: AnyObject {
  /// Does one part. `thread` counts from 0; no two calls at the same time have the same one.
  func runPart(_ part: Int, thread: Int)
}

/// Runs the parts of a step on several threads and returns when all are done.
///
/// Workers spin for a short while between steps, because the steps of a training loop follow each
/// other within microseconds, and then sleep. Which thread runs which part is not determined; a
/// part's result must not depend on it.
final class ThreadPool: Sendable {
  /// Threads that work, the caller's included.
  let threadCount: Int
  private let crew: Crew

  init(threadCount: Int) {
    self.threadCount = max(1, threadCount)
    let crew = Crew()
    self.crew = crew
    for thread in 1..<self.threadCount {
      let worker = Thread { crew.work(thread) }
      worker.stackSize = 1 << 20
      worker.start()
    }
  }

  deinit { crew.stop() }

  /// Runs every part; the calling thread takes its share. One call at a time.
  func run(parts: Int, of runner: any PartRunner) {
    if threadCount == 1 || parts == 1 {
      for part in 0..<parts { runner.runPart(part, thread: 0) }
    } else {
      crew.run(parts: parts, of: runner, workers: threadCount - 1)
    }
  }
}

/// What the threads of a pool share; it lives until the last of them has ended.
private final class Crew: @unchecked Sendable {
  /// Counts the steps; workers wait for it to change.
  private let generation = Atomic<Int>(0)
  private let nextPart = Atomic<Int>(0)
  private let unfinished = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private let condition = NSCondition()
  /// Written by the caller before `generation` changes, read by workers after.
  private var runner: (any PartRunner)?
  private var partCount = 0

  /// Polls before a waiting worker sleeps: some 100 µs, longer than a step of a small model.
  private static let pollsBeforeSleep = 4_000

  func run(parts: Int, of runner: any PartRunner, workers: Int) {
    self.runner = runner
    partCount = parts
    nextPart.store(0, ordering: .relaxed)
    unfinished.store(workers, ordering: .relaxed)
    advance()
    takeParts(of: runner, thread: 0)
    while unfinished.load(ordering: .acquiring) > 0 { ck_spin_hint() }
    self.runner = nil
  }

  func stop() {
    isStopping.store(true, ordering: .releasing)
    advance()
  }

  func work(_ thread: Int) {
    var seen = 0
    while true {
      waitForChange(from: seen)
      seen += 1
      if isStopping.load(ordering: .acquiring) { return }
      if let runner { takeParts(of: runner, thread: thread) }
      unfinished.subtract(1, ordering: .releasing)
    }
  }

  private func takeParts(of runner: any PartRunner, thread: Int) {
    while true {
      let part = nextPart.add(1, ordering: .relaxed).oldValue
      if part >= partCount { return }
      runner.runPart(part, thread: thread)
    }
  }

  private func advance() {
    generation.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      condition.lock()
      condition.broadcast()
      condition.unlock()
    }
  }

  private func waitForChange(from seen: Int) {
    for _ in 0..<Self.pollsBeforeSleep {
      if generation.load(ordering: .acquiring) != seen { return }
      ck_spin_hint()
    }
    condition.lock()
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while generation.load(ordering: .sequentiallyConsistent) == seen { condition.wait() }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    condition.unlock()
  }
}
