internal import HDF5

/// The table `metrics/epoch`: one row an epoch.
enum EpochTable {
  static let fields: [(name: String, type: HDF5ElementType)] = [
    ("epoch", .int64), ("trainLoss", .float64), ("testLoss", .float64),
    ("testAccuracy", .float64), ("seconds", .float64), ("samplesPerSecond", .float64),
  ]

  static func encode(_ epoch: EpochRecord) -> HDF5Table {
    HDF5Table([
      .init("epoch", .int64([Int64(epoch.epoch)])),
      .init("trainLoss", .float64([epoch.trainLoss])),
      .init("testLoss", .float64([epoch.testLoss])),
      .init("testAccuracy", .float64([epoch.testAccuracy])),
      .init("seconds", .float64([epoch.seconds])),
      .init("samplesPerSecond", .float64([epoch.samplesPerSecond])),
    ])
  }

  static func decode(_ table: TableReader) throws(RunLogError) -> [EpochRecord] {
    let epochs = try table.integers("epoch")
    let trainLosses = try table.reals("trainLoss")
    let testLosses = try table.reals("testLoss")
    let testAccuracies = try table.reals("testAccuracy")
    let seconds = try table.reals("seconds")
    let rates = try table.reals("samplesPerSecond")
    return epochs.indices.map { row in
      EpochRecord(
        epoch: epochs[row], trainLoss: trainLosses[row], testLoss: testLosses[row],
        testAccuracy: testAccuracies[row], seconds: seconds[row], samplesPerSecond: rates[row])
    }
  }
}
