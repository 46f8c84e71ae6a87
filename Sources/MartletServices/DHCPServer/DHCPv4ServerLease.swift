public import MartletDevice
public import MartletWire

/// What a DHCP server knows of one of its addresses.
public struct DHCPv4ServerLease: Equatable, Sendable {
  /// Where a lease stands.
  public enum State: UInt8, Sendable, BitwiseCopyable {
    /// Offered; taken back when nobody asks for it soon.
    case offered
    /// Lent.
    case bound
    /// Given back or run out; kept for its last holder as long as no other needs it.
    case free
    /// Another host uses it, as a client has found: not lent for a while.
    case declined
  }

  /// The address.
  public let address: IPv4Address
  /// Who has it, or had it last; zero for an address that was declined.
  public internal(set) var linkAddress: MACAddress
  /// The holder's name: one label in lower case, empty when it gave none that a host could have.
  public internal(set) var name: [UInt8]
  /// Where it stands.
  public internal(set) var state: State
  /// When `state` ends.
  public internal(set) var expiry: Instant
  /// Who has it by its own account: option 61, or its hardware address (RFC 2131, section 4.2).
  var client: [UInt8]
}
