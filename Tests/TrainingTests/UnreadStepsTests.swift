import DeviceAPI
import GraphIR
import TestSupport
import Synchronization
import Testing

@testable import Training

@Suite("Losses that are read back later")
struct UnreadStepsTests {
  private func run(
    _ unreadSteps: Int, _ device: any Device = EvaluatorDevice(),
    _ program: TrainingProgram? = nil, recorder: Recorder = Recorder(),
    clock: @escaping () -> Double = { 0 }
  ) throws -> (loop: TrainingLoop, summary: TrainingSummary) {
    let loop = try TrainingLoop(
      program: program ?? Fixtures.program(), device: device,
      trainingData: Fixtures.corners(count: 18, seed: 1),
      testData: Fixtures.corners(count: 11, seed: 2),
      options: TrainingOptions(epochs: 3, seed: 7, unreadSteps: unreadSteps), clock: clock)
    return (loop, try loop.run(recorder.observer))
  }

  @Test(
    "steps, epochs, bits and transfers are those of a loop that reads each loss at once",
    arguments: [2, 3, 4, 16])
  func same(unreadSteps: Int) throws {
    let (one, some) = (Recorder(), Recorder())
    let expected = try run(1, recorder: one)
    let device = LazyDevice()
    let found = try run(unreadSteps, device, recorder: some)
    #expect(some.steps == one.steps)
    #expect(some.epochs == one.epochs)
    #expect(found.summary == expected.summary)
    #expect(found.loop.transfers == expected.loop.transfers)
    #expect(try found.loop.checkpoint() == expected.loop.checkpoint())
    // Four steps an epoch, at whose end all are read.
    #expect(device.mostQueued == min(unreadSteps, 4))
  }

  @Test("the device has one step at a time where each loss is read at once, or is scaled")
  func one() throws {
    let device = LazyDevice()
    _ = try run(1, device)
    #expect(device.mostQueued == 1)
    let scaled = LazyDevice()
    _ = try run(
      16, scaled,
      TrainingProgram(
        model: Fixtures.model, optimizer: Adam(learningRate: 0.02), batchSize: 4,
        evaluationBatchSize: 8, precision: PrecisionSettings(.mixedFP16)))
    #expect(scaled.mostQueued == 1)
  }

  @Test("no loss waits for more than 50 ms and a step")
  func time() throws {
    let device = LazyDevice()
    var now = 0.0
    // 20 ms a step, and 20 between steps: the second ends 60 ms after the first began.
    _ = try run(16, device) {
      now += 0.02
      return now
    }
    #expect(device.mostQueued == 2)
  }

  @Test("a stop between two readings loses no step")
  func stop() throws {
    let whole = Recorder()
    _ = try run(1, recorder: whole)
    let recorder = Recorder()
    var asked = 0
    let loop = try TrainingLoop(
      program: Fixtures.program(), device: LazyDevice(),
      trainingData: Fixtures.corners(count: 18, seed: 1),
      testData: Fixtures.corners(count: 11, seed: 2),
      options: TrainingOptions(epochs: 3, seed: 7, unreadSteps: 16), clock: { 0 })
    var observer = recorder.observer
    observer.shouldStop = {
      asked += 1
      return asked == 6
    }
    let first = try loop.run(observer)
    #expect(first.isInterrupted)
    #expect(first.stepsExecuted == 6)
    #expect(recorder.steps == Array(whole.steps.prefix(6)))
    _ = try loop.run(recorder.observer)
    #expect(recorder.steps == whole.steps)
    #expect(recorder.epochs == whole.epochs)
  }

  @Test("a run that diverges says in which step, and tells of none after it")
  func divergence() throws {
    let program = try Fixtures.program(SGD(learningRate: 1e38))
    let (one, some) = (Recorder(), Recorder())
    let expected = #expect(throws: TrainingError.self) {
      try run(1, LazyDevice(), program, recorder: one)
    }
    let found = #expect(throws: TrainingError.self) {
      try run(16, LazyDevice(), program, recorder: some)
    }
    #expect(found?.description == expected?.description)
    #expect(some.steps.map(\.step) == one.steps.map(\.step))
  }

  @Test("a graph is run by its roles alone: state, feeds, values")
  func roles() throws {
    var builder = GraphBuilder(name: "count")
    let step = builder.parameter("step", .scalar(.f32), role: .infeed)
    let sum = builder.parameter("sum", .scalar(.f32))
    let new = try builder.add(sum, step)
    builder.result("twice", try builder.add(new, new))
    builder.result("sum", new, donating: sum)
    let device = EvaluatorDevice()
    let state = try device.makeBuffer(Literal(.scalar(.f32), [1]))
    let runner = try StepRunner(
      device.compile(builder.build(), options: CompileOptions()), state: [state], device: device,
      depth: 3)
    var read: [Float] = []
    for step in [Float(1), 2, 4] {
      var value = step
      try withUnsafeBytes(of: &value) { try runner.feeds[0].copyIn(from: $0) }
      try runner.execute()
    }
    #expect(runner.pendingCount == 3)
    while runner.pendingCount > 0 {
      try runner.read { (values) throws(DeviceError) in
        var value: Float = 0
        try values[0].read(into: &value)
        read.append(value)
      }
    }
    #expect(read == [4, 8, 16])
    #expect(try state.literal().elements == [8])
  }
}

/// A device that queues what it is asked for, and works it off when somebody wants a result.
private final class LazyDevice: Device {
  fileprivate struct Queue {
    var jobs: [@Sendable () throws(DeviceError) -> Void] = []
    var executions = 0
    var most = 0
  }

  private let inner = EvaluatorDevice()
  fileprivate let queue = Mutex(Queue())
  var descriptor: DeviceDescriptor { inner.descriptor }
  /// The most training steps that were queued at once.
  var mostQueued: Int { queue.withLock { $0.most } }

  func makeBuffer(_ type: TensorType) throws(DeviceError) -> any Buffer {
    LazyBuffer(inner.makeBuffer(type), of: self)
  }

  func compile(_ graph: Graph, options: CompileOptions) throws(DeviceError) -> any Executable {
    LazyExecutable(try inner.compile(graph, options: options), of: self)
  }

  fileprivate func enqueue(
    isStep: Bool, _ job: @escaping @Sendable () throws(DeviceError) -> Void
  ) {
    queue.withLock { queue in
      queue.jobs.append(job)
      if isStep {
        queue.executions += 1
        queue.most = max(queue.most, queue.executions)
      }
    }
  }

  fileprivate func finish() throws(DeviceError) {
    let jobs = queue.withLock { queue in
      defer { (queue.jobs, queue.executions) = ([], 0) }
      return queue.jobs
    }
    for job in jobs { try job() }
  }
}

private final class LazyBuffer: Buffer {
  let inner: any Buffer
  private let device: LazyDevice
  var type: TensorType { inner.type }

  init(_ inner: any Buffer, of device: LazyDevice) { (self.inner, self.device) = (inner, device) }

  func copyIn(from bytes: UnsafeRawBufferPointer) throws(DeviceError) {
    let copy = Literal(type, bytes: bytes)
    device.enqueue(isStep: false) { [inner] () throws(DeviceError) in
      let staging = UnsafeMutableRawBufferPointer.allocate(
        byteCount: copy.type.byteCount, alignment: 16)
      defer { staging.deallocate() }
      staging.copyBytes(from: copy.bytes)
      try inner.copyIn(from: UnsafeRawBufferPointer(staging))
    }
  }

  func copyOut(into bytes: UnsafeMutableRawBufferPointer) throws(DeviceError) {
    try device.finish()
    try inner.copyOut(into: bytes)
  }
}

private final class LazyExecutable: Executable {
  private let inner: any Executable
  private let device: LazyDevice
  var graph: Graph { inner.graph }
  var profile: ExecutionProfile? { nil }

  init(_ inner: any Executable, of device: LazyDevice) {
    (self.inner, self.device) = (inner, device)
  }

  func execute(inputs: [any Buffer], outputs: [any Buffer]) throws(DeviceError) {
    let (inputs, outputs) = (Self.own(inputs), Self.own(outputs))
    device.enqueue(isStep: graph.name == "training_step") { [inner] () throws(DeviceError) in
      try inner.execute(inputs: inputs, outputs: outputs)
    }
  }

  private static func own(_ buffers: [any Buffer]) -> [any Buffer] {
    buffers.compactMap { ($0 as? LazyBuffer)?.inner }
  }
}
