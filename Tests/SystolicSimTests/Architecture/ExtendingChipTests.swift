import ConfigFiles
import SystolicSim
import Testing

@Suite("Named chips that extend another")
struct ExtendingChipTests {
  @Test("each has the values that its file stated in full", arguments: full.keys.sorted())
  func values(name: String) throws {
    let document = try repositoryLibrary().document(name, kind: "Chips")
    #expect(!document.bases.isEmpty)
    let settings = document.settings.map { "\($0.path)=\($0.value)" }
    let expected = try #require(Self.full[name]).split(separator: "\n").map(String.init)
    #expect(Set(settings).symmetricDifference(expected) == [])
    // A checkpoint compares the values in their order.
    #expect(settings == expected)
  }

  @Test("each states less than it takes over", arguments: full.keys.sorted())
  func less(name: String) throws {
    let document = try repositoryLibrary().document(name, kind: "Chips")
    let own = try ConfigDocument(text: document.text, file: name).settings
    #expect(2 * own.count < document.settings.count)
  }

  /// Snapshots of the files before they became differences.
  private static let full = [
    "tpu-v1-like": """
    name=tpu-v1-like
    description=TPU v1 (2015, inference), its int8 array taken as bf16
    clockMegahertz=700
    cores=1
    mxu.count=1
    mxu.rows=256
    mxu.columns=256
    mxu.dataflow=weightStationary
    mxu.overlap=pipelined
    mxu.accumulatorKibibytes=4096
    mxu.relativeRates.bf16=1
    mxu.relativeRates.int8=1
    vpu.lanes=256
    vpu.sublanes=1
    vpu.alusPerSublane=1
    vpu.transcendentalsPerCycle=256
    vpu.latencyCycles=4
    vmem.capacityMebibytes=24
    vmem.readBytesPerCycle=512
    vmem.writeBytesPerCycle=1024
    vmem.latencyCycles=10
    vmem.banks=4
    vmem.bankWidthBytes=256
    vmem.readPortsPerBank=1
    vmem.writePortsPerBank=1
    vmem.interleaving=plain
    dram.model=simple
    dram.kind=DDR3
    dram.capacityGibibytes=8
    dram.bandwidthGigabytesPerSecond=34
    dram.latencyNanoseconds=90
    dram.banked.standard=DDR3
    dram.banked.stacks=2
    dram.banked.queueDepth=32
    dram.banked.interleaving=plain
    dma.queues=2
    dma.setupCycles=100
    hostLink.bandwidthGigabytesPerSecond=15.0
    hostLink.latencyMicroseconds=1.0
    program.launchOverheadMicroseconds=2.0
    energy.table=interpolated-28nm
    energy.idleWatts=28
    area.table=published-dies
    area.process=28nm
    area.processingElement=bf16
    area.chipLinks=0
    area.hostLanes=16
    """,
    "tpu-v2": """
    name=tpu-v2
    description=TPU v2 (2017), 46 bf16 TFLOP/s
    clockMegahertz=700
    cores=2
    mxu.count=1
    mxu.rows=128
    mxu.columns=128
    mxu.dataflow=weightStationary
    mxu.overlap=pipelined
    mxu.accumulatorKibibytes=2048
    mxu.relativeRates.bf16=1
    mxu.relativeRates.fp32=0.16666666666666666
    vpu.lanes=128
    vpu.sublanes=8
    vpu.alusPerSublane=2
    vpu.transcendentalsPerCycle=512
    vpu.latencyCycles=2
    vmem.capacityMebibytes=16
    vmem.readBytesPerCycle=4096
    vmem.writeBytesPerCycle=4096
    vmem.latencyCycles=10
    vmem.banks=32
    vmem.bankWidthBytes=128
    vmem.readPortsPerBank=1
    vmem.writePortsPerBank=1
    vmem.interleaving=plain
    dram.model=simple
    dram.kind=HBM2
    dram.capacityGibibytes=16
    dram.bandwidthGigabytesPerSecond=716
    dram.latencyNanoseconds=120
    dram.banked.standard=HBM2
    dram.banked.stacks=4
    dram.banked.queueDepth=32
    dram.banked.interleaving=skewed
    dma.queues=8
    dma.setupCycles=200
    hostLink.bandwidthGigabytesPerSecond=15.75
    hostLink.latencyMicroseconds=1.0
    program.launchOverheadMicroseconds=2.0
    energy.table=ten-lessons-7nm
    energy.idleWatts=53
    area.table=published-dies
    area.process=16nm
    area.processingElement=bf16
    area.chipLinks=4
    area.hostLanes=16
    """,
    "tpu-v4i": """
    name=tpu-v4i
    description=TPU v4i (2020, inference), 138 bf16 TFLOP/s
    clockMegahertz=1050
    cores=1
    mxu.count=4
    mxu.rows=128
    mxu.columns=128
    mxu.dataflow=weightStationary
    mxu.overlap=pipelined
    mxu.accumulatorKibibytes=2048
    mxu.relativeRates.bf16=1
    mxu.relativeRates.int8=1
    mxu.relativeRates.fp32=0.16666666666666666
    vpu.lanes=128
    vpu.sublanes=8
    vpu.alusPerSublane=2
    vpu.transcendentalsPerCycle=512
    vpu.latencyCycles=2
    vmem.capacityMebibytes=16
    vmem.readBytesPerCycle=4096
    vmem.writeBytesPerCycle=4096
    vmem.latencyCycles=10
    vmem.banks=32
    vmem.bankWidthBytes=128
    vmem.readPortsPerBank=1
    vmem.writePortsPerBank=1
    vmem.interleaving=plain
    cmem.capacityMebibytes=128
    cmem.readBytesPerCycle=1024
    cmem.writeBytesPerCycle=1024
    cmem.latencyCycles=50
    dram.model=simple
    dram.kind=HBM2
    dram.capacityGibibytes=8
    dram.bandwidthGigabytesPerSecond=614
    dram.latencyNanoseconds=120
    dram.banked.standard=HBM2
    dram.banked.stacks=2
    dram.banked.queueDepth=32
    dram.banked.interleaving=skewed
    dma.queues=8
    dma.setupCycles=300
    hostLink.bandwidthGigabytesPerSecond=16
    hostLink.latencyMicroseconds=1.0
    program.launchOverheadMicroseconds=2.0
    energy.table=ten-lessons-7nm
    energy.idleWatts=55
    area.table=published-dies
    area.process=7nm
    area.processingElement=bf16
    area.chipLinks=2
    area.hostLanes=16
    """,
  ]
}
