internal import MartletStack
internal import MartletWire

/// What a stack is made with.
struct StackSettings: Sendable {
  /// Its address and network.
  let prefix: IPv4Prefix
  /// The router of its network.
  let gateway: IPv4Address?
  /// Its Ethernet address; `nil` for one by chance.
  let linkAddress: MACAddress?
  /// The longest IP packet; `nil` for the device's.
  let maximumTransmissionUnit: Int?
  /// Whether the caller sets the clock.
  let hasOwnClock: Bool

  /// A host's sizes.
  var configuration: Configuration { Configuration() }
}
