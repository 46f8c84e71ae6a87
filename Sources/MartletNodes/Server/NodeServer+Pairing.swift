public import MartletDWN
public import MartletDevice
internal import MartletHTTP
public import MartletStack

/// How a node gets the key that it shares with its hub.
extension NodeServer where Device: ~Copyable {
  /// Whether it shares a key with a hub.
  public var isPaired: Bool { key != nil }

  /// When the pairing window closes; `nil` while none is open.
  public var pairingEnd: Instant? { window?.end }

  /// Opens a window in which a hub that was given the code may take the node over, from its present
  /// hub too. Only somebody at the node may ask for this: a button, its own terminal.
  public mutating func openPairing(_ code: PairingCode, until end: Instant) {
    window = PairingWindow(key: code.key(for: settings.id), end: end)
  }

  /// Closes the window.
  public mutating func closePairing() { window = nil }

  /// Forgets the hub that it was paired with, and cuts it off. As long as nobody pairs it, it obeys
  /// whom its settings say.
  public mutating func forgetPairing(on stack: inout Stack, now: Instant) {
    key = nil
    newKey = nil
    advert.authentication = settings.authentication(isPaired: false)
    if let controller, controller.isProved { drop(controller, on: &stack, now: now) }
  }

  /// The key of a hub that has just been paired, once: it is to be kept without power.
  public mutating func takeNewKey() -> PairingKey? {
    defer { newKey = nil }
    return newKey
  }

  /// A hub has proved that it was given the code. The window serves one.
  mutating func completePairing() throws(SessionError) {
    guard let window else { throw .unexpected(.proof) }
    key = window.key
    newKey = window.key
    self.window = nil
    advert.authentication = settings.authentication(isPaired: true)
  }
}
