internal import MartletDWN
internal import MartletDevice
internal import MartletHTTP
internal import MartletStack

/// What a node tells its controller.
extension NodeServer where Device: ~Copyable {
  /// Tells what is to be told, one message at a time.
  mutating func tell(on stack: inout Stack, now: Instant) {
    let hasChanged = device.takeChange()
    guard let controller else { return }
    if hasChanged { controller.wantsChange = true }
    if controller.nextHeartbeat <= now {
      controller.wantsHeartbeat = true
      controller.nextHeartbeat = now + DWN.period
    }
    if controller.isProved { tellEvents(controller, on: &stack, now: now) }
    // A connection that takes nothing any more has been closed meanwhile.
    while self.controller === controller, controller.wantsToSend, controller.nextSend <= now {
      guard mayTell(controller, on: stack, now: now) else { return }
      message.clear()
      appendNext(of: controller)
      guard message.count > 0 else { continue }
      sendMessage(on: controller, of: &stack, now: now)
      controller.lastSend = now
      controller.nextSend = now + Self.messageGap
    }
  }

  /// To a plain hub nothing goes before what went last has arrived, so that no two messages are ever
  /// in one segment, not even when one is sent again.
  private mutating func mayTell(
    _ connection: HubConnection, on stack: borrowing Stack, now: Instant
  ) -> Bool {
    guard !connection.isProved else { return true }
    guard let status = try? stack.status(of: connection.handle), status.sendQueueCount > 0 else {
      return true
    }
    connection.nextSend = now + .milliseconds(10)
    return false
  }

  /// The status comes first, so that a hub knows how things stand; a heartbeat before changes, so
  /// that a flood of them does not look like death.
  private mutating func appendNext(of connection: HubConnection) {
    if connection.wantsStatus {
      connection.wantsStatus = false
      connection.wantsChange = false
      device.appendReport(isStatus: true, to: &message)
    } else if connection.wantsHeartbeat {
      connection.wantsHeartbeat = false
      message.append(NodeMessage.heartbeat)
    } else {
      connection.wantsChange = false
      device.appendReport(isStatus: false, to: &message)
    }
  }

  /// Events are objects that the protocol's first hub does not know.
  private mutating func tellEvents(
    _ connection: HubConnection, on stack: inout Stack, now: Instant
  ) {
    message.clear()
    while device.appendEvent(to: &message) {
      sendMessage(on: connection, of: &stack, now: now)
      message.clear()
    }
  }

  /// Sends what `message` holds, sealed if the hub has proved itself.
  private mutating func sendMessage(
    on connection: HubConnection, of stack: inout Stack, now: Instant
  ) {
    output.clear()
    Self.wrap(message, for: connection, into: &output)
    send(on: connection, of: &stack, now: now)
  }

  private static func wrap(
    _ message: borrowing OutputBuffer, for connection: HubConnection,
    into output: inout OutputBuffer
  ) {
    if connection.isProved {
      connection.session?.seal(.messages, ByteText(message.bytes), into: &output)
    } else {
      output.append(ByteText(message.bytes))
    }
  }

  /// Sends what `output` holds, whole. A connection that has no room for it takes nothing in.
  mutating func send(on connection: HubConnection, of stack: inout Stack, now: Instant) {
    if !sendsWhole(on: connection, of: &stack, now: now) {
      drop(connection, on: &stack, now: now)
    }
  }

  private func sendsWhole(
    on connection: HubConnection, of stack: inout Stack, now: Instant
  ) -> Bool {
    do throws(StackError) {
      guard !output.hasOverflowed,
        try stack.sendCapacity(of: connection.handle, upTo: output.count) >= output.count
      else { return false }
      return try stack.send(output.bytes, on: connection.handle, now: now) == output.count
    } catch {
      return false
    }
  }
}
