import Synchronization
import Testing

@testable import HostRuntime

@Suite struct ThreadPoolTests {
  private final class Counter: PartRunner, Sendable {
    let runs: [Atomic64]
    let threads = Atomic<Int>(0)

    init(parts: Int) { runs = (0..<parts).map { _ in Atomic64() } }

    func runPart(_ part: Int, thread: Int) {
      runs[part].value.add(1, ordering: .relaxed)
      threads.bitwiseOr(1 << thread, ordering: .relaxed)
    }
  }

  /// An atomic that an array can hold.
  private final class Atomic64: Sendable {
    let value = Atomic<Int>(0)
  }

  @Test("every part runs exactly once, step after step", arguments: [1, 2, 5])
  func eachPartOnce(threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    for parts in [1, 2, 3, 17] {
      let counter = Counter(parts: parts)
      for _ in 0..<200 { pool.run(parts: parts, of: counter) }
      #expect(counter.runs.allSatisfy { $0.value.load(ordering: .relaxed) == 200 })
      #expect(counter.threads.load(ordering: .relaxed) < 1 << threads)
    }
  }

  @Test("pools come and go without waiting for each other")
  func manyPools() {
    for _ in 0..<50 {
      let pool = ThreadPool(threadCount: 3)
      let counter = Counter(parts: 4)
      pool.run(parts: 4, of: counter)
      #expect(counter.runs.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
    }
  }

  @Test("who asks for as many threads at the same time shares them; nobody keeps them")
  func sharing() {
    weak var gone: ThreadPool?
    do {
      let pool = ThreadPool.shared(threadCount: 7)
      #expect(ThreadPool.shared(threadCount: 7) === pool)
      #expect(ThreadPool.shared(threadCount: 6) !== pool)
      gone = pool
    }
    #expect(gone == nil)
  }

  @Test("calls at the same time run each part of each exactly once", arguments: [2, 4])
  func concurrentCalls(threads: Int) async {
    let pool = ThreadPool(threadCount: threads)
    let counters = (0..<4).map { _ in Counter(parts: 9) }
    await withTaskGroup(of: Void.self) { group in
      for counter in counters {
        group.addTask { for _ in 0..<300 { pool.run(parts: 9, of: counter) } }
      }
    }
    for counter in counters {
      #expect(counter.runs.allSatisfy { $0.value.load(ordering: .relaxed) == 300 })
    }
  }
}
