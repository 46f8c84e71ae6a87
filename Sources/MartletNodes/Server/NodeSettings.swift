public import MartletDWN

/// Who a node is and whom it obeys.
public struct NodeSettings: Sendable {
  /// What kind of node it is; chooses the hub's driver.
  public var name: ShortText
  /// Which node it is: 1 to 32 of `A-Za-z0-9_-`.
  public var id: ShortText
  /// The firmware.
  public var firmware = ShortText()
  /// How often it has booted, this time included.
  public var boots: UInt32 = 1
  /// Where it listens for hubs.
  public var port = DWN.port
  /// Where its web page is; `nil` for a node without.
  public var webPort: UInt16?
  /// The key that it shares with its hub; `nil` while it is not paired.
  public var key: PairingKey?
  /// Whether a paired node takes plain commands too.
  public var obeysPlainHubs = false
  /// Whether a node that is not paired obeys nobody, instead of anybody.
  public var requiresPairing = false

  /// Settings of a node that is not paired.
  public init(name: ShortText, id: ShortText) {
    self.name = name
    self.id = id
  }

  /// Whom it obeys, paired or not.
  public func authentication(isPaired: Bool) -> NodeAuthentication {
    guard isPaired else { return requiresPairing ? .required : .none }
    return obeysPlainHubs ? .optional : .required
  }
}
