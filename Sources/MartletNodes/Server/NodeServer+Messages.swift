// Says `unsafe` where a frame's bytes, an array, are seen as text.

internal import MartletDWN
internal import MartletDevice
internal import MartletHTTP
internal import MartletStack

/// What a hub says.
extension NodeServer where Device: ~Copyable {
  mutating func take(
    _ message: HubMessage, from connection: HubConnection, on stack: inout Stack, now: Instant
  ) {
    switch message {
    case .command(let command):
      take(command, isProved: false, from: connection, on: &stack, now: now)
    case .object:
      guard mayCommand(connection, isProved: false, on: &stack, now: now) else { return }
      take(object: connection.parser.bodyBytes, now: now)
    case .frame:
      takeFrame(from: connection, on: &stack, now: now)
    }
  }

  private mutating func take(object: [UInt8], now: Instant) {
    if !device.handle(object: unsafe ByteText(object.span.bytes), now: now) {
      counters.unknownCommands &+= 1
    }
  }

  private mutating func take(
    _ command: HubCommand, isProved: Bool, from connection: HubConnection,
    on stack: inout Stack, now: Instant
  ) {
    if command == .keepAlive {
      connection.keepsAlive = true
    } else if device.isAlwaysObeyed(command) {
      _ = device.handle(command, now: now)
    } else if command == .query {
      if connection === controller { connection.wantsStatus = true }
    } else if mayCommand(connection, isProved: isProved, on: &stack, now: now) {
      if !device.handle(command, now: now) { counters.unknownCommands &+= 1 }
    }
  }

  /// Whether what a connection says is done. Who commands beside the controller is sent away.
  private mutating func mayCommand(
    _ connection: HubConnection, isProved: Bool, on stack: inout Stack, now: Instant
  ) -> Bool {
    guard connection === controller else {
      counters.refusedConnections &+= 1
      drop(connection, on: &stack, now: now)
      return false
    }
    guard isProved || (advert.authentication != .required && !connection.isProved) else {
      counters.refusedCommands &+= 1
      return false
    }
    return true
  }

  // MARK: Frames

  private mutating func takeFrame(
    from connection: HubConnection, on stack: inout Stack, now: Instant
  ) {
    if !connection.isProved, connection.handshake == nil {
      return greet(connection, on: &stack, now: now)
    }
    connection.keepsAlive = true
    do throws(SessionError) {
      let frame = connection.parser.bodyBytes
      if connection.isProved {
        try takeSealed(frame, from: connection, on: &stack, now: now)
      } else {
        connection.session = try unsafe connection.handshake?.takeProof(
          ByteText(frame.span.bytes))
        connection.handshake = nil
        if connection.isPairing { try completePairing() }
        become(connection, on: &stack, now: now)
      }
    } catch {
      counters.badFrames &+= 1
      refuse(connection, .badProof, on: &stack, now: now)
    }
  }

  /// A handshake begins: by the node's key, or by the code of the window that is open.
  private mutating func greet(
    _ connection: HubConnection, on stack: inout Stack, now: Instant
  ) {
    let frame = connection.parser.bodyBytes
    connection.isPairing = frame.first == FrameType.pairing.rawValue
    guard let key = connection.isPairing ? window?.key : key else {
      let reason: Refusal = connection.isPairing ? .noWindow : .notPaired
      return refuse(connection, reason, on: &stack, now: now)
    }
    connection.keepsAlive = true
    do throws(SessionError) {
      var handshake = NodeHandshake(
        key: key, node: settings.id, isPairing: connection.isPairing)
      output.clear()
      try unsafe handshake.takeHello(
        ByteText(frame.span.bytes), nonce: nonces.next(), answer: &output)
      connection.handshake = handshake
      send(on: connection, of: &stack, now: now)
    } catch {
      counters.badFrames &+= 1
      refuse(connection, .badProof, on: &stack, now: now)
    }
  }

  private mutating func refuse(
    _ connection: HubConnection, _ reason: Refusal, on stack: inout Stack, now: Instant
  ) {
    output.clear()
    reason.emit(into: &output)
    send(on: connection, of: &stack, now: now)
    drop(connection, cut: false, on: &stack, now: now)
  }

  private mutating func takeSealed(
    _ frame: [UInt8], from connection: HubConnection, on stack: inout Stack, now: Instant
  ) throws(SessionError) {
    guard
      let (type, payload) = try unsafe connection.session?.open(ByteText(frame.span.bytes))
    else { return }
    let bytes = Array(frame[payload])
    switch type {
    case .messages:
      try takeInner(bytes, from: connection, on: &stack, now: now)
    case .open:
      guard let opening = unsafe ValveOpening(ByteText(bytes.span.bytes)) else {
        throw .malformed(type)
      }
      if mayCommand(connection, isProved: true, on: &stack, now: now),
        !device.handle(opening, now: now)
      {
        counters.unknownCommands &+= 1
      }
    default: throw .unexpected(type)
    }
  }

  private mutating func takeInner(
    _ bytes: [UInt8], from connection: HubConnection, on stack: inout Stack, now: Instant
  ) throws(SessionError) {
    var offset = 0
    connection.inner.reset()
    do throws(StreamError) {
      while let message = try unsafe connection.inner.next(in: bytes.span.bytes, at: &offset) {
        switch message {
        case .command(let command):
          take(command, isProved: true, from: connection, on: &stack, now: now)
        case .object:
          guard mayCommand(connection, isProved: true, on: &stack, now: now) else { return }
          take(object: connection.inner.bodyBytes, now: now)
        case .frame: throw .unexpected(0x01)
        }
        guard connections.contains(where: { $0 === connection }) else { return }
      }
    } catch {
      throw SessionError.malformed(.messages)
    }
    // Messages come whole in a frame.
    guard connection.inner.isAtBoundary else { throw .malformed(.messages) }
  }
}
