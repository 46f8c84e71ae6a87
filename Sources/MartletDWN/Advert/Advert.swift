/// What a node says of itself, every five seconds, to everyone on its link.
///
/// Nothing of it is proved: it is a reason to connect, never a reason to believe.
public struct Advert: Hashable, Sendable {
  /// What kind of node it is, such as `IRRIGATION_CONTROLLER`; 1 to 64 bytes. Not unique.
  public var name: ShortText

  /// Which node it is: 1 to 32 of `A-Za-z0-9_-`. The same after a new address or a reboot.
  public var id: ShortText

  /// The version of the protocol; 0 for a plain node, which speaks the first hub's protocol alone.
  public var version: UInt8 = 1

  /// The firmware, such as `1.2.0`; empty when not said.
  public var firmware = ShortText()

  /// How often the node has booted; `nil` when not said.
  public var boots: UInt32?

  /// Seconds since it booted; `nil` when not said.
  public var uptime: UInt32?

  /// Where it listens for hubs.
  public var port: UInt16 = DWN.port

  /// Where its web page is; `nil` for a node without.
  public var webPort: UInt16?

  /// What it can do.
  public var capabilities: NodeCapabilities = []

  /// Whom it obeys.
  public var authentication = NodeAuthentication.none

  /// Whether this is its last word.
  public var isLeaving = false

  /// An advert with the two keys that every hub knows.
  public init(name: ShortText, id: ShortText) {
    self.name = name
    self.id = id
  }
}
