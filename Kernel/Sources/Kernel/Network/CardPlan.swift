import MartletDrivers
import MartletWire

/// What the command line says of one card: `ip=ADDRESS/LENGTH`, in the order of the cards.
enum CardPlan {
  /// The address is given.
  case address(IPv4Prefix)
  /// No address: the card is only switched on.
  case none
  /// The word is neither.
  case unreadable

  /// The plan for card `index`.
  init(_ index: Int, in line: CommandLine) {
    var position = 0
    var plan = Self.none
    line.forEachValue(of: "ip") { range in
      if position == index { plan = Self(line.bytes(range)) }
      position += 1
    }
    self = plan
  }

  private init(_ text: [UInt8]) {
    if let prefix = IPv4Prefix(ascii: text) {
      self = .address(prefix)
    } else {
      self = .unreadable
    }
  }
}
