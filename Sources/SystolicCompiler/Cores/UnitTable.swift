internal import SystolicModel

/// The units that a schedule tells apart: those of one core, or of several under names of their own. The
/// host link is the chip's.
struct UnitTable: Sendable {
  struct Entry: Sendable {
    var unit: ProgramUnit
    /// `nil` where the unit is the chip's.
    var core: Int?
    /// `mxu`; of several cores `core0.mxu`.
    var name: String
  }

  let cores: Int
  let entries: [Entry]
  /// Units of one core, the link among them.
  private let own: [ProgramUnit]

  init(_ chip: Chip, cores: Int) {
    self.cores = cores
    // What a chip may lack is the last.
    let own = ProgramUnit.allCases.filter { $0 != .dmaCMEM || chip.architecture.cmem != nil }
    self.own = own
    entries =
      cores == 1
      ? own.map { Entry(unit: $0, core: $0.isOnCore ? 0 : nil, name: $0.name) }
      : own.filter { !$0.isOnCore }.map { Entry(unit: $0, core: nil, name: $0.name) }
        + (0..<cores).flatMap { core in
          own.filter(\.isOnCore).map { Entry(unit: $0, core: core, name: "core\(core).\($0.name)") }
        }
  }

  var names: [String] { entries.map(\.name) }

  /// The place of a core's unit, or of one of the chip's.
  func index(of unit: ProgramUnit, core: Int = 0) -> Int {
    entries.firstIndex { $0.unit == unit && $0.core ?? core == core } ?? 0
  }

  /// The place of the unit that a program of one core counts as `unit`.
  func index(ofUnit unit: Int, core: Int) -> Int {
    cores == 1 || !own.indices.contains(unit) ? unit : index(of: own[unit], core: core)
  }
}
