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
  private let isBusy = Atomic<Bool>(false)

  /// The pools that are in use, by their number of threads.
  private static let pools = Mutex<[Int: WeakPool]>([:])

  /// The pool of so many threads, which all who hold it at the same time share: the executables of
  /// a run take turns, and each with threads of its own would keep the others' spinning.
  static func shared(threadCount: Int) -> ThreadPool {
    pools.withLock { pools in
      if let pool = pools[threadCount]?.pool { return pool }
      let pool = ThreadPool(threadCount: threadCount)
      pools[threadCount] = WeakPool(pool: pool)
      return pool
    }
  }

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

  /// Runs every part; the calling thread takes its share. While another call is under way, the
  /// calling thread does all of it.
  func run(parts: Int, of runner: any PartRunner) {
    if threadCount == 1 || parts == 1 || isBusy.exchange(true, ordering: .acquiring) {
      for part in 0..<parts { runner.runPart(part, thread: 0) }
      return
    }
    defer { isBusy.store(false, ordering: .releasing) }
    var first = 0
    while first < parts {
      let count = min(parts - first, Ticket.maximumCount)
      crew.run(parts: first..<(first + count), of: runner)
      first += count
    }
  }
}

/// A pool as long as somebody uses it.
private struct WeakPool: Sendable {
  weak let pool: ThreadPool?
}

/// A round of parts that threads take one by one, in one word so that it changes at once.
private struct Ticket {
  /// The round, so that a thread that slept through one cannot take a part of the next by mistake.
  let round: UInt32
  let count: Int
  /// The next part that nobody has taken.
  let next: Int

  static let maximumCount = 0xFFFF

  init(round: UInt32, count: Int) {
    self.round = round
    self.count = count
    next = 0
  }

  init(word: UInt64) {
    round = UInt32(truncatingIfNeeded: word >> 32)
    count = Int(word >> 16 & 0xFFFF)
    next = Int(word & 0xFFFF)
  }

  var word: UInt64 { UInt64(round) << 32 | UInt64(count) << 16 | UInt64(next) }
}

/// What the threads of a pool share; it lives until the last of them has ended.
///
/// The caller waits for parts, not for threads: one that the system runs late delays nobody.
private final class Crew: @unchecked Sendable {
  private let ticket = Atomic<UInt64>(0)
  private let finished = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private let condition = NSCondition()
  /// Both change only between rounds: whoever holds a part that is not finished may read them. The
  /// caller of `run` keeps the runner alive.
  private unowned(unsafe) var runner: (any PartRunner)?
  private var firstPart = 0

  /// Polls before a waiting worker sleeps: some 100 µs, longer than a step of a small model.
  private static let pollsBeforeSleep = 2_000

  func run(parts: Range<Int>, of runner: any PartRunner) {
    self.runner = runner
    firstPart = parts.lowerBound
    finished.store(0, ordering: .relaxed)
    let round = Ticket(word: ticket.load(ordering: .relaxed)).round &+ 1
    publish(Ticket(round: round, count: parts.count))
    while takePart(of: round, thread: 0) {}
    while finished.load(ordering: .acquiring) < parts.count { ck_spin_hint() }
    self.runner = nil
  }

  func stop() {
    isStopping.store(true, ordering: .releasing)
    let round = Ticket(word: ticket.load(ordering: .relaxed)).round &+ 1
    publish(Ticket(round: round, count: 0))
  }

  func work(_ thread: Int) {
    var seen: UInt32 = 0
    while true {
      seen = waitForRound(after: seen)
      if isStopping.load(ordering: .acquiring) { return }
      while takePart(of: seen, thread: thread) {}
    }
  }

  /// Takes and runs one part of a round; `false` if there is none left.
  private func takePart(of round: UInt32, thread: Int) -> Bool {
    var word = ticket.load(ordering: .acquiring)
    while true {
      let current = Ticket(word: word)
      guard current.round == round, current.next < current.count else { return false }
      let (taken, found) = ticket.weakCompareExchange(
        expected: word, desired: word + 1, ordering: .acquiringAndReleasing)
      if taken {
        runner?.runPart(firstPart + current.next, thread: thread)
        finished.add(1, ordering: .releasing)
        return true
      }
      word = found
    }
  }

  private func publish(_ next: Ticket) {
    ticket.store(next.word, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      condition.lock()
      condition.broadcast()
      condition.unlock()
    }
  }

  /// Waits for a round other than `seen`: polls for a while, then sleeps.
  private func waitForRound(after seen: UInt32) -> UInt32 {
    for _ in 0..<Self.pollsBeforeSleep {
      let round = Ticket(word: ticket.load(ordering: .acquiring)).round
      if round != seen { return round }
      ck_spin_hint()
    }
    condition.lock()
    defer { condition.unlock() }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
    while true {
      let round = Ticket(word: ticket.load(ordering: .sequentiallyConsistent)).round
      if round != seen { return round }
      condition.wait()
    }
  }
}
