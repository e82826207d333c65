internal import DeviceAPI
internal import SystolicModel

/// What the tiles of the group that runs have in common, side by side in memory that belongs to the
/// timeline: nothing that is looked at for each tile is counted by reference.
///
/// Pointers to durations belong to the group, which its program keeps.
struct TileLoop {
  typealias Durations = UnsafeMutablePointer<InstructionDuration>

  /// An input whose parts pass through slots.
  struct Stream {
    var value: Int
    var buffer: Int
    var unit: ProgramUnit
    var isOperand: Bool
    var keepsAll: Bool
    var loadEdges: LoopEdges
    var masks: KindMasks
    var durations: Durations
    /// The end of a load for the next tile; `Int.min` for none.
    var pending = Int.min
  }

  /// An output that is copied, or whose parts pass through slots.
  struct Store {
    var value: Int
    var unit: ProgramUnit
    var copies: Int
    var slots: Int
    var isWhole: Bool
    var durations: Durations
  }

  /// Most streams, stores and outputs of a group.
  struct Room {
    var streams = 0
    var stores = 0
    var outputs = 0

    init(_ program: Program) {
      for group in program.groups {
        streams = max(streams, group.program.streams.count)
        stores = max(stores, group.program.stores.count)
        outputs = max(outputs, group.outputs.count)
      }
    }

    func holds(_ other: Room) -> Bool {
      other.streams <= streams && other.stores <= stores && other.outputs <= outputs
    }
  }

  let room: Room
  let streams: UnsafeMutablePointer<Stream>
  let stores: UnsafeMutablePointer<Store>
  /// Buffers of outputs.
  private let outputs: UnsafeMutablePointer<Int>
  /// Turns of the loops, and where the tile is in them.
  let counts: UnsafeMutablePointer<Int>
  let position: UnsafeMutablePointer<Int>

  private(set) var streamCount = 0
  private(set) var storeCount = 0
  private(set) var outputCount = 0
  private(set) var depth = 0
  /// Its place in the program, and in reports.
  private(set) var group = 0
  private(set) var op = 0
  private(set) var hasProduct = false
  private(set) var hasTwoHalves = false
  /// The edges of tiles that complete their sums, and of those that begin them.
  private(set) var lastBlock: LoopEdges = 0
  private(set) var firstBlock: LoopEdges = 0
  private var masks = KindMasks()
  private(set) var matmul: Durations
  private(set) var vector: Durations
  private(set) var spills = false
  private(set) var spillsToDRAM = false
  private(set) var spillBuffer: Int?
  private(set) var spill: (take: Durations, put: Durations, store: Durations, load: Durations)
  /// Whole values are loaded with the last tile; some results are fetched by the host.
  private(set) var loadsAfter = false
  private(set) var isFetched = false

  /// When operands that stay are there, for the arrays and for the vector unit; and who brought them.
  var operands = (ready: 0, cause: StallCause.dma)
  var inputs = (ready: 0, cause: StallCause.dma)
  /// When the memory of outputs that stay is free.
  var outputsFree = 0
  var lastMatmul = 0
  var lastVector = 0
  var edges: LoopEdges = 0
  /// The kind of the last tile that was asked for; neighbours are mostly alike.
  private var known = (edges: LoopEdges.max, kind: 0)

  init(room: Room) {
    self.room = room
    streams = .allocate(capacity: max(1, room.streams))
    stores = .allocate(capacity: max(1, room.stores))
    outputs = .allocate(capacity: max(1, room.outputs))
    counts = .allocate(capacity: LoopNest.mostLevels)
    position = .allocate(capacity: LoopNest.mostLevels)
    let none = DurationTable.empty.base
    (matmul, vector, spill) = (none, none, (none, none, none, none))
  }

  func deallocate() {
    streams.deallocate()
    stores.deallocate()
    outputs.deallocate()
    counts.deallocate()
    position.deallocate()
  }

  /// Takes the place of the group before.
  mutating func enter(_ group: ProgramGroup, at index: Int) {
    let program = group.program
    (self.group, op) = (index, group.op)
    depth = program.nest.depth
    for level in 0..<depth { (counts[level], position[level]) = (program.nest.count(level), 0) }
    streamCount = program.streams.count
    for index in 0..<streamCount {
      let stream = program.streams[index]
      let place = group.inputs[stream.input]
      streams[index] = Stream(
        value: place.value, buffer: place.buffer, unit: stream.unit, isOperand: stream.isOperand,
        keepsAll: stream.keepsAll, loadEdges: stream.loadEdges, masks: stream.sizes.masks,
        durations: stream.durations.base)
    }
    storeCount = program.stores.count
    for index in 0..<storeCount {
      let store = program.stores[index]
      stores[index] = Store(
        value: group.outputs[store.output].value, unit: store.unit, copies: store.copies,
        slots: store.slots, isWhole: store.isWhole,
        durations: store.durations.base)
    }
    outputCount = group.outputs.count
    for index in 0..<outputCount { outputs[index] = group.outputs[index].buffer }
    hasProduct = program.hasProduct
    hasTwoHalves = program.mapping.hasTwoHalves
    (lastBlock, firstBlock) = (program.lastBlock, program.firstBlock)
    masks = program.tiles.masks
    (matmul, vector) = (program.matmul.base, program.vector.base)
    spills = program.spill != nil
    spillBuffer = group.spillBuffer
    if let spill = program.spill {
      spillsToDRAM = spill.isInDRAM
      self.spill = (spill.take.base, spill.put.base, spill.store.base, spill.load.base)
    }
    loadsAfter = !group.loadsAfter.isEmpty
    isFetched = !group.fetched.isEmpty
    (operands, inputs) = ((0, .dma), (0, .dma))
    (outputsFree, lastMatmul, lastVector) = (0, 0, 0)
    known = (.max, 0)
  }

  /// A tile begins its sums; it completes them.
  @inline(__always)
  func begins(_ edges: LoopEdges) -> Bool { edges & firstBlock == firstBlock }
  @inline(__always)
  func completes(_ edges: LoopEdges) -> Bool { edges & lastBlock == lastBlock }

  @inline(__always)
  mutating func kind(_ edges: LoopEdges) -> Int {
    if edges != known.edges { known = (edges, masks.kind(edges)) }
    return known.kind
  }

  @inline(__always)
  func forEachOutput(_ body: (_ buffer: Int) -> Void) {
    for index in 0..<outputCount { body(outputs[index]) }
  }

  /// The edges of the tile after this one; `nil` if there is none.
  @inline(__always)
  func nextEdges() -> LoopEdges? {
    var edges = edges
    var level = depth - 1
    while level >= 0 {
      let bit: LoopEdges = 1 << LoopEdges(truncatingIfNeeded: level)
      if edges & bit == 0 {
        edges &= ~(bit << 8)
        if position[level] + 2 == counts[level] { edges |= bit }
        return edges
      }
      // No loop has a single turn: the first one is not the last.
      edges = edges & ~bit | bit << 8
      level -= 1
    }
    return nil
  }

  /// The ends of the last product and the last vector instruction, after turns were left out.
  mutating func catchUp(_ clocks: UnitClocks) {
    lastMatmul = max(lastMatmul, clocks.lastEnd(.mxu))
    lastVector = max(lastVector, clocks.lastEnd(.vpu))
  }
}
