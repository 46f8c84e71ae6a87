import MartletDrivers
import MartletWire

/// What the command line says of one card: `ip=ADDRESS/LENGTH`, `ip=dhcp` or `ip=none`, in the order
/// of the cards. A card of which it says nothing asks by DHCP.
enum CardPlan {
  /// A DHCP server is asked.
  case lease
  /// The address is given.
  case address(IPv4Prefix)
  /// No address: the card is only switched on.
  case none
  /// The word is neither.
  case unreadable

  /// The plan for card `index`.
  init(_ index: Int, in line: CommandLine) {
    var position = 0
    var plan = Self.lease
    line.forEachValue(of: "ip") { range in
      if position == index { plan = Self(range, in: line) }
      position += 1
    }
    self = plan
  }

  private init(_ range: Range<Int>, in line: CommandLine) {
    if let prefix = IPv4Prefix(ascii: line.bytes(range)) {
      self = .address(prefix)
    } else if line.isEqual(range, "dhcp") {
      self = .lease
    } else if line.isEqual(range, "none") {
      self = .none
    } else {
      self = .unreadable
    }
  }
}
