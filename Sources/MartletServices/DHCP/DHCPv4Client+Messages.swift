internal import MartletDevice
internal import MartletStack
internal import MartletWire

/// What the client says (RFC 2131, table 5).
extension DHCPv4Client {
  private static var parameters: [DHCPv4OptionCode] {
    [
      .subnetMask, .classlessRoutes, .routers, .domainNameServers, .interfaceMTU, .leaseTime,
      .renewalTime, .rebindingTime,
    ]
  }

  mutating func sendDiscover(on stack: inout Stack, now: Instant) {
    send(Message(.discover, wantsBroadcast: true, asksParameters: true), on: &stack, now: now)
    waitForAnswer(on: &stack, now: now)
  }

  /// Asks for `wanted`: of the server that offered it, or of any (INIT-REBOOT).
  mutating func sendRequest(on stack: inout Stack, now: Instant) {
    var message = Message(.request, wantsBroadcast: true, asksParameters: true)
    message.requestedAddress = wanted.address
    message.server = wanted.server.isUnspecified ? nil : wanted.server
    requestedAt = now
    send(message, on: &stack, now: now)
    waitForAnswer(on: &stack, now: now)
  }

  /// Asks for more time: the own server by its address, or all.
  mutating func sendExtension(of lease: DHCPv4Lease, on stack: inout Stack, now: Instant) {
    var message = Message(.request, asksParameters: true)
    message.clientAddress = lease.address.address
    requestedAt = now
    send(message, to: state == .renewing ? lease.server : .broadcast, on: &stack, now: now)
  }

  mutating func sendDecline(_ lease: DHCPv4Lease, on stack: inout Stack, now: Instant) {
    var message = Message(.decline)
    message.requestedAddress = lease.address.address
    message.server = lease.server
    begin(&stack)
    send(message, on: &stack, now: now)
  }

  mutating func sendRelease(_ lease: DHCPv4Lease, on stack: inout Stack, now: Instant) {
    var message = Message(.release)
    message.clientAddress = lease.address.address
    message.server = lease.server
    begin(&stack)
    send(message, to: lease.server, on: &stack, now: now)
  }

  /// RFC 2131, section 4.1: 4, 8, 16, 32 and then 64 seconds, each more or less by up to one.
  private mutating func waitForAnswer(on stack: inout Stack, now: Instant) {
    let seconds = Int64(4) << Int64(min(retryCount, 4))
    let jitter = Int64(stack.randomBits() % 2_000_001) - 1_000_000
    deadline = now + .microseconds(seconds * 1_000_000 + jitter)
  }

  /// The parts of a message that differ.
  private struct Message {
    let type: DHCPv4MessageType
    let wantsBroadcast: Bool
    let asksParameters: Bool
    var clientAddress = IPv4Address.unspecified
    var requestedAddress: IPv4Address?
    var server: IPv4Address?

    init(_ type: DHCPv4MessageType, wantsBroadcast: Bool = false, asksParameters: Bool = false) {
      self.type = type
      self.wantsBroadcast = wantsBroadcast
      self.asksParameters = asksParameters
    }
  }

  /// Sends it; what finds no room, or no way, is sent again in its time.
  private mutating func send(
    _ message: Message, to server: IPv4Address = .broadcast, on stack: inout Stack, now: Instant
  ) {
    guard let socket, let length = try? build(message, now: now) else { return }
    try? stack.send(
      buffer.bytes.extracting(0..<length), to: Endpoint(server, port: 67), on: socket, now: now)
  }

  private mutating func build(_ message: Message, now: Instant) throws(WireError) -> Int {
    var header = DHCPv4Header(
      isRequest: true, transactionID: transactionID, clientMAC: linkAddress)
    header.secondsElapsed = UInt16(clamping: (now - beganAt).microseconds / 1_000_000)
    header.wantsBroadcast = message.wantsBroadcast
    header.clientAddress = message.clientAddress
    let hostName = options.hostName
    let parameters = message.asksParameters ? Self.parameters : []
    var bytes = buffer.mutableBytes
    var builder = try DHCPv4Builder(header, type: message.type, into: &bytes)
    if let address = message.requestedAddress { try builder.append(.requestedAddress, address) }
    if let server = message.server { try builder.append(.serverIdentifier, server) }
    if message.asksParameters {
      try builder.append(.maximumMessageSize, UInt16(1472))
      if !hostName.isEmpty, hostName.count <= 63 {
        try builder.append(.hostName, hostName.rawBytes)
      }
      try builder.appendParameterRequestList(parameters)
    }
    return try builder.finish()
  }
}
