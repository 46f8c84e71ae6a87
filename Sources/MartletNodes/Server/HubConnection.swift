internal import MartletDWN
internal import MartletDevice
internal import MartletStack
internal import MartletWire

/// What a node keeps of one connection.
final class HubConnection {
  /// The longest object or frame that a node takes.
  static var messageLimit: Int { 600 }

  let handle: TCPHandle
  let address: IPv4Address
  let start: Instant
  var parser = HubMessageParser(limit: HubConnection.messageLimit)
  /// What is in frames.
  var inner = HubMessageParser(limit: HubConnection.messageLimit)
  /// A handshake under way.
  var handshake: NodeHandshake?
  /// Whether the handshake is by the code of the pairing window.
  var isPairing = false
  /// The proved session.
  var session: SealedSession?
  var lastHeard: Instant
  /// Whether the hub has promised to say that it lives.
  var keepsAlive = false
  /// When half a command came.
  var halfCommand: Instant?

  var nextHeartbeat: Instant
  var wantsHeartbeat = false
  var wantsStatus = false
  var wantsChange = false
  /// When the next message may go.
  var nextSend: Instant
  /// When the last one went.
  var lastSend: Instant

  init(_ handle: TCPHandle, from address: IPv4Address, now: Instant) {
    self.handle = handle
    self.address = address
    start = now
    lastHeard = now
    nextHeartbeat = now + DWN.period
    nextSend = now
    lastSend = now
  }

  var isProved: Bool {
    switch session {
    case .none: false
    case .some: true
    }
  }

  var wantsToSend: Bool { wantsHeartbeat || wantsStatus || wantsChange }
}
