/// Where accesses lie in a DRAM of several channels.
///
/// Addresses count accesses (bursts), not bytes. Each field is a digit of a mixed-radix number, in
/// the order of the standard's `mapping`; radices need not be powers of two.
package struct AddressMap: Sendable {
  /// Where an access lies inside its channel.
  package struct Place: Hashable, Sendable {
    package var bank: Int
    package var group: Int
    package var row: Int

    package init(bank: Int, group: Int, row: Int) {
      self.bank = bank
      self.group = group
      self.row = row
    }
  }

  let channels: Int
  /// Product of the radices below the channel digit.
  let belowChannel: Int
  let isSkewed: Bool
  /// Radices of a channel's own digits, the least significant first; the row is what is left.
  private let digits: [(field: AddressField, radix: Int)]
  private let banksPerGroup: Int
  /// Accesses of a channel after which only the row has changed, by one.
  let period: Int

  init(_ standard: DRAMStandard, channels: Int, interleaving: Interleaving) {
    self.channels = channels
    isSkewed = interleaving == .skewed
    banksPerGroup = standard.banksPerGroup
    var digits: [(AddressField, Int)] = []
    var below = 1
    var belowChannel = 1
    for field in standard.mapping.reversed() {
      switch field {
      case .channel: belowChannel = below
      case .column: digits.append((.column, standard.columns))
      case .bankGroup: digits.append((.bankGroup, standard.bankGroups))
      case .bank: digits.append((.bank, standard.banksPerGroup))
      case .row: break
      }
      below = digits.reduce(1) { $0 * $1.1 }
    }
    self.belowChannel = belowChannel
    self.digits = digits.map { (field: $0.0, radix: $0.1) }
    period = digits.reduce(1) { $0 * $1.1 }
  }

  /// The channel of an access and its number inside the channel.
  func locate(_ access: Int) -> (channel: Int, local: Int) {
    let low = access % belowChannel
    let high = access / belowChannel
    let above = high / channels
    var channel = high % channels
    if isSkewed {
      var rest = above
      while rest > 0 {
        channel += rest % channels
        rest = channels > 1 ? rest / channels : 0
      }
      channel %= channels
    }
    return (channel, above * belowChannel + low)
  }

  /// The place of a channel's access.
  func place(_ local: Int) -> Place {
    var rest = local
    var place = Place(bank: 0, group: 0, row: 0)
    var bankInGroup = 0
    for digit in digits {
      let value = rest % digit.radix
      rest /= digit.radix
      switch digit.field {
      case .bank: bankInGroup = value
      case .bankGroup: place.group = value
      case .column, .row, .channel: break
      }
    }
    place.bank = place.group * banksPerGroup + bankInGroup
    place.row = rest
    return place
  }
}
