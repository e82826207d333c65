extension ConfigNode {
  /// This value over the one of a base: mappings merge, entry by entry and in the base's order;
  /// anything else takes the place of the base's value. `null` so takes a block away.
  func merged(over base: ConfigNode) -> ConfigNode {
    guard case .mapping(let own) = content, case .mapping(var entries) = base.content else {
      return self
    }
    for entry in own {
      if let index = entries.firstIndex(where: { $0.key == entry.key }) {
        let below = entries[index]
        entries[index] = entry
        entries[index].value = entry.value.merged(over: below.value)
        if case .mapping = entry.value.content {
          entries[index].comment = entry.comment ?? below.comment
        }
      } else if let index = entries.firstIndex(where: { below in
        below.states(entry.key) && !own.contains { $0.key == below.key }
      }) {
        entries[index] = entry
      } else {
        entries.append(entry)
      }
    }
    return ConfigNode(content: .mapping(entries), location: location)
  }
}

extension ConfigNode.Entry {
  private static let capacityUnits = ["Kibibytes", "Mebibytes", "Gibibytes"]

  /// Whether the entry states the same capacity as `key` does, in another unit. A file states it
  /// once; what overrides the file states it anew, in whichever unit.
  func states(_ key: String) -> Bool {
    guard let mine = Self.capacity(self.key), let other = Self.capacity(key) else { return false }
    return mine == other && self.key != key
  }

  /// `capacity` of `capacityMebibytes`.
  private static func capacity(_ key: String) -> Substring? {
    capacityUnits.first { key.hasSuffix($0) }.map { key.dropLast($0.count) }
  }
}
