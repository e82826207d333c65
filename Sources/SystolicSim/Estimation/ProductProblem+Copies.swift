internal import DeviceAPI

/// The instructions that bring operands and take results.
extension ProductProblem {
  /// The unit that copies an operand.
  func unit(of operand: ResidentOperands) -> ProgramUnit {
    if inCMEM.contains(operand) { return .dmaCMEM }
    return operand == .outputs ? .dmaStore : .dmaLoad
  }

  /// The load of a part of the left operand.
  func lhsLoad(_ tiles: ProductTiles, _ kind: Int) -> ProgramInstruction.Work {
    load(.inputs, lhsPattern(tiles, kind))
  }

  func rhsLoad(_ tiles: ProductTiles, _ kind: Int) -> ProgramInstruction.Work {
    load(.weights, rhsPattern(tiles, kind))
  }

  private func load(
    _ operand: ResidentOperands, _ pattern: TransferPattern
  ) -> ProgramInstruction.Work {
    inCMEM.contains(operand)
      ? .loadFromCMEM(value: ValueID(0), pattern) : .load(value: ValueID(0), pattern)
  }

  func outputStore(_ tiles: ProductTiles, _ kind: Int) -> ProgramInstruction.Work {
    let pattern = outputPattern(tiles, kind)
    return inCMEM.contains(.outputs)
      ? .storeToCMEM(value: ValueID(0), pattern) : .store(value: ValueID(0), pattern)
  }

  /// Bytes of the operands among some.
  func bytes(of operands: ResidentOperands) -> Int {
    (operands.contains(.inputs) ? lhsBytes : 0) + (operands.contains(.weights) ? rhsBytes : 0)
      + (operands.contains(.outputs) ? outputBytes : 0)
  }

  /// Every way in which the operands that stay on chip can lie in VMEM and, as far as they fit, in
  /// CMEM; all in VMEM first.
  func placements(cmemBytes: Int) -> [ProductProblem] {
    (0..<8).compactMap { bits in
      let choice = ResidentOperands(rawValue: bits)
      guard choice.isSubset(of: resident), bits == 0 || bytes(of: choice) <= cmemBytes else {
        return nil
      }
      var problem = self
      problem.resident.subtract(choice)
      problem.inCMEM = choice
      return problem
    }
  }
}
