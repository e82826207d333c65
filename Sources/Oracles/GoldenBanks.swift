package import SystolicModel

/// Banked memory with several readers, stepped cycle by cycle: the reference of `BankMap` and of the
/// bounds on contention.
///
/// A reader has a list of vector accesses and starts one when all words of the one before have
/// come. In each cycle every bank serves at most `ports` words; the readers choose in turn, the
/// first choice going round from cycle to cycle, and one that is not first takes what is left.
package struct GoldenBanks {
  private let map: BankMap
  package let ports: Int

  package init(map: BankMap, ports: Int) {
    self.map = map
    self.ports = ports
  }

  /// A vector access: where its first word lies, and its shape.
  package struct Access: Hashable, Sendable {
    package var start: Int
    package var shape: BankAccess

    package init(start: Int, shape: BankAccess) {
      self.start = start
      self.shape = shape
    }

    var words: [Int] {
      (0..<shape.pieces).flatMap { piece in
        (0..<shape.words).map { start + piece * shape.stride + $0 }
      }
    }
  }

  /// The cycles after which each reader has all its words.
  package func cycles(_ readers: [[Access]]) -> [Int] {
    var ends = [Int](repeating: 0, count: readers.count)
    var next = [Int](repeating: 0, count: readers.count)
    var wanted = [[Int]](repeating: [], count: readers.count)
    var cycle = 0
    while true {
      for reader in readers.indices {
        while wanted[reader].isEmpty && next[reader] < readers[reader].count {
          wanted[reader] = readers[reader][next[reader]].words
          next[reader] += 1
        }
      }
      if wanted.allSatisfy(\.isEmpty) { return ends }
      var served = [Int](repeating: 0, count: map.banks)
      for place in readers.indices {
        let reader = (cycle + place) % readers.count
        var waiting: [Int] = []
        for word in wanted[reader] {
          let bank = map.bank(of: word)
          if served[bank] < ports { served[bank] += 1 } else { waiting.append(word) }
        }
        if !wanted[reader].isEmpty && waiting.isEmpty { ends[reader] = cycle + 1 }
        wanted[reader] = waiting
      }
      cycle += 1
    }
  }
}
