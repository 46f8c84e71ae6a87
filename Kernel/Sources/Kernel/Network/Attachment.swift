import MartletDevice
import MartletDrivers
import MartletStack
import MartletWire

/// A device that the network's one owner, the softIRQ, drives.
protocol Attachment: AnyObject {
  /// How the console calls it.
  var name: InterfaceName { get }
  var interface: InterfaceID { get }
  var linkAddress: MACAddress { get }
  /// What a card has counted; all zero for the loopback.
  var counters: CardCounters { get }
  var state: CardState { get }
  /// When it wants to be looked at although nothing happens.
  var nextDeadline: Instant? { get }

  /// Takes in what has arrived, up to the round's budget, and sends what waits. True when there may
  /// be more.
  func process(_ stack: inout Stack, now: Instant) -> Bool
  /// Sends what waits, as far as there is room. True when a round is needed for what it left.
  func flush(_ stack: inout Stack, now: Instant) -> Bool
  /// Waits for an interrupt again. True when work came before it could.
  func rearm() -> Bool
}

/// `eth0`, `eth1` and so on, or `lo`.
struct InterfaceName: Equatable {
  /// The place among the cards, in the order of the walk over the bus; `nil` for the loopback.
  let cardIndex: Int?
}

extension LogLine.Interpolation {
  mutating func appendInterpolation(_ name: InterfaceName) {
    guard let index = name.cardIndex else { return appendLiteral("lo") }
    appendLiteral("eth")
    appendInterpolation(index)
  }

  mutating func appendInterpolation(_ prefix: IPv4Prefix) {
    appendInterpolation(prefix.address)
    appendLiteral("/")
    appendInterpolation(prefix.length)
  }
}
