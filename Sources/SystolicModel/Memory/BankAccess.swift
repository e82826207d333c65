internal import Units

/// One access of a vector to banked memory: pieces of consecutive words at equal distance, all
/// wanted at once.
package struct BankAccess: Hashable, Sendable {
  package let pieces: Int
  /// Words of a piece.
  package let words: Int
  /// Words from the start of a piece to the start of the next.
  package let stride: Int

  /// Pieces that touch are one piece.
  init(pieces: Int, words: Int, stride: Int) {
    let isOne = pieces <= 1 || stride == words
    self.pieces = isOne ? min(pieces, 1) : pieces
    self.words = isOne ? max(pieces, 1) * words : words
    self.stride = isOne ? self.words : stride
  }

  /// All words.
  var count: Int { pieces * words }
}

/// How the words of a memory lie in its banks.
package struct BankMap: Hashable, Sendable {
  package let banks: Int
  let interleaving: Interleaving

  /// The bank of a word: its number modulo the banks; skewed, one further in each round.
  package func bank(of word: Int) -> Int {
    switch interleaving {
    case .plain: word % banks
    case .skewed: (word + word / banks) % banks
    }
  }

  /// Banks that words at a stride meet, under `plain` interleaving: banks / gcd(stride, banks).
  func distinctBanks(stride: Int) -> Int { banks / Self.gcd(stride % banks, banks) }

  /// Words of an access that lie in its busiest bank.
  ///
  /// Plain interleaving, B banks, n pieces of c words at stride s: starts meet D = B / gcd(s, B)
  /// banks in turn, G = B / D apart. Every B words of a piece are one in each bank; of the c mod B
  /// that are left, a bank in which pieces start has ⌈c / G⌉ for each round of D starts. The last,
  /// incomplete round is counted. The place of the first word does not matter. Skewed interleaving
  /// has no such form: every word is looked at, from word 0 on.
  func heaviestLoad(of access: BankAccess) -> Int {
    guard access.count > 0 else { return 0 }
    if interleaving == .skewed { return countedLoad(of: access) }
    let everywhere = access.pieces * (access.words / banks)
    let left = access.words % banks
    if left == 0 { return everywhere }
    let distinct = distinctBanks(stride: access.stride)
    let gap = banks / distinct
    let rounds = access.pieces / distinct * left.dividedRoundingUp(by: gap)
    return everywhere + rounds
      + heaviestRest(access.pieces % distinct, stride: access.stride, words: left, gap: gap)
  }

  /// The most that a bank has of so few pieces that no two of them start in the same bank.
  private func heaviestRest(_ pieces: Int, stride: Int, words: Int, gap: Int) -> Int {
    if pieces == 0 || words <= gap { return min(pieces, 1) }
    var most = 0
    for last in 0..<pieces {
      // The bank where `last` starts also has words of pieces that start shortly before it.
      var load = 0
      for other in 0..<pieces {
        let before = ((last - other) * (stride % banks)) % banks
        if (before + banks) % banks < words { load += 1 }
      }
      most = max(most, load)
    }
    return most
  }

  private func countedLoad(of access: BankAccess) -> Int {
    var loads = [Int](repeating: 0, count: banks)
    for piece in 0..<access.pieces {
      for word in 0..<access.words { loads[bank(of: piece * access.stride + word)] += 1 }
    }
    return loads.max() ?? 0
  }

  private static func gcd(_ a: Int, _ b: Int) -> Int { a == 0 ? b : gcd(b % a, a) }
}

extension VMEMParameters {
  var bankMap: BankMap { BankMap(banks: banks, interleaving: interleaving) }

  /// A vector access to rows of bytes, in whole words.
  ///
  /// - Validity: rows begin where a word does; a row that does not touches one word more.
  func access(_ pattern: TransferPattern) -> BankAccess {
    BankAccess(
      pieces: pattern.rows, words: pattern.bytesPerRow.dividedRoundingUp(by: bankWidthBytes),
      stride: pattern.strideBytes.dividedRoundingUp(by: bankWidthBytes))
  }

  /// Cycles in which the banks write all words of a vector access, if nothing else writes.
  func writeCycles(_ pattern: TransferPattern) -> Int {
    bankMap.heaviestLoad(of: access(pattern)).dividedRoundingUp(by: writePortsPerBank)
  }
}
