/// The part of a scope that says which shard of a batch an instruction belongs to: the second one of
/// `forward/shard0/dense1`.
package enum ShardScope {
  private static let prefix = "shard"

  /// The name of a shard.
  package static func name(_ shard: Int) -> String { "\(prefix)\(shard)" }

  /// The shard that a scope names; `nil` if it names none.
  package static func shard(of scope: String) -> Int? {
    for part in scope.split(separator: "/") where part.hasPrefix(prefix) {
      let digits = part.dropFirst(prefix.count)
      if let shard = Int(digits), name(shard) == part { return shard }
    }
    return nil
  }

  /// The scope with another shard in place of its own.
  package static func replacing(_ scope: String, by shard: (Int) -> Int) -> String {
    let parts = scope.split(separator: "/", omittingEmptySubsequences: false)
    return parts.map { part in
      guard let own = Self.shard(of: String(part)) else { return String(part) }
      return name(shard(own))
    }.joined(separator: "/")
  }
}

extension Graph {
  /// Whether some instruction belongs to a shard of a batch.
  package var isInShards: Bool {
    instructions.contains { ShardScope.shard(of: $0.scope) != nil }
  }
}
