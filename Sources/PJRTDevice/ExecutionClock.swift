internal import CPJRT
internal import DeviceAPI
internal import Dispatch
internal import Synchronization

/// How long a device was at work, by its own word: from when an execution was given to it, or the one before was over, to
/// the event of its end.
final class ExecutionClock: Sendable {
  private struct Sum {
    var executions = 0
    var nanoseconds: UInt64 = 0
    var lastEnd: UInt64 = 0
  }

  private let sum = Mutex(Sum())

  var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

  var measured: MeasuredCost {
    sum.withLock {
      MeasuredCost(executions: $0.executions, totalSeconds: Double($0.nanoseconds) * 1e-9)
    }
  }

  /// Counts an execution when it is over.
  ///
  /// - Parameter done: the event of its end, which is gone then.
  func measure(_ done: OpaquePointer?, from start: UInt64, _ calls: PluginCalls) {
    guard let done else { return end(start) }
    let pending = PendingExecution(clock: self, start: start, event: done, calls: calls)
    var arguments = pj_event_on_ready_args_make()
    arguments.event = done
    arguments.user = Unmanaged.passRetained(pending).toOpaque()
    arguments.callback = { error, user in
      guard let user else { return }
      let pending = Unmanaged<PendingExecution>.fromOpaque(user).takeRetainedValue()
      // Who reads a result gets the same error.
      if let error { _ = pending.calls.failure(error) }
      pending.clock.end(pending.start)
      pending.calls.destroy(event: pending.event)
    }
    if (try? calls(PJ_EVENT_ON_READY, &arguments)) == nil {
      Unmanaged.passUnretained(pending).release()
      calls.destroy(event: done)
      end(start)
    }
  }

  fileprivate func end(_ start: UInt64) {
    let now = now
    sum.withLock { sum in
      sum.executions += 1
      sum.nanoseconds += now - min(now, max(start, sum.lastEnd))
      sum.lastEnd = max(sum.lastEnd, now)
    }
  }
}

/// What the end of an execution is told to.
private final class PendingExecution: @unchecked Sendable {
  let clock: ExecutionClock
  let start: UInt64
  let event: OpaquePointer
  let calls: PluginCalls

  init(clock: ExecutionClock, start: UInt64, event: OpaquePointer, calls: PluginCalls) {
    self.clock = clock
    self.start = start
    self.event = event
    self.calls = calls
  }
}
