import ConfigFiles
import Oracles

@testable import SystolicModel

/// The names of the files of `Configs/DRAM`.
let dramNames = [
  "DDR3", "DDR4", "DDR5", "GDDR6", "HBM2", "HBM2E", "HBM3", "HBM3E", "LPDDR4", "LPDDR5",
]

func standard(_ name: String, _ overrides: [String] = []) throws -> DRAMStandard {
  try repositoryLibrary().document(name, kind: "DRAM").applying(overrides: overrides).decode()
}

/// Two stacks at the standard's own clock, with queues that are long enough to open a row ahead.
func model(
  _ name: String, channels: Int? = nil, interleaving: Interleaving = .plain,
  _ overrides: [String] = []
) throws -> DRAMModel {
  let standard = try standard(name, overrides)
  return DRAMModel(
    standard, channels: channels ?? 2 * standard.channels,
    clockHertz: standard.clockMegahertz * 1e6, queueDepth: standard.streamQueueDepth,
    interleaving: interleaving)
}

extension DRAMModel {
  func golden(_ order: GoldenDRAMController.Order, refreshes: Bool = false) -> GoldenDRAMController
  {
    GoldenDRAMController(
      timings, banks: standard.banks, queueDepth: queueDepth, order: order, refreshes: refreshes)
  }

  /// The pattern's accesses on the cycle-by-cycle controllers of all channels.
  func goldenCycles(
    _ pattern: TransferPattern, isWrite: Bool, _ order: GoldenDRAMController.Order,
    refreshes: Bool = false
  ) -> (cycles: Int, activations: Int) {
    var lists = [[GoldenDRAMController.Access]](repeating: [], count: map.channels)
    for row in 0..<pattern.rows {
      for access in accesses(inRow: row, of: pattern) {
        let (channel, local) = map.locate(access)
        lists[channel].append(.init(place: map.place(local), isWrite: isWrite))
      }
    }
    var (first, last, activations) = (Int.max, 0, 0)
    for list in lists where !list.isEmpty {
      var controller = golden(order, refreshes: refreshes)
      controller.run(list)
      first = min(first, controller.times.min() ?? 0)
      last = max(last, controller.times.max() ?? 0)
      activations += controller.activations.count
    }
    return (last - first + timings.burst, activations)
  }
}
