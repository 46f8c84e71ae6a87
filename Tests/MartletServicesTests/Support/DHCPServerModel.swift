import MartletDevice
import MartletStack
import MartletWire

/// A DHCP server that does what a test tells it.
struct DHCPServerModel {
  enum Mode { case normal, silent, refusing }

  /// A message of the client.
  struct Message: Equatable {
    var time: Instant
    var type: DHCPv4MessageType
    var destination: IPv4Address
    var source: IPv4Address
    var clientAddress: IPv4Address
    var requestedAddress: IPv4Address?
    var server: IPv4Address?
    var hostName: String
  }

  var mode = Mode.normal
  var address = IPv4Address(192, 168, 7, 100)
  var leaseSeconds: UInt32 = 3600
  /// What goes into the classless routes option.
  var classlessRoutes: [UInt8] = []
  /// Changes a reply before it is sent.
  var mangle: (([UInt8]) -> [[UInt8]])?
  var log: [Message] = []
  private var socket: UDPHandle?

  mutating func open(on stack: inout Stack, _ interface: InterfaceID) throws {
    let socket = try stack.openUDP(on: Endpoint(.unspecified, port: 67))
    var options = try stack.options(of: socket)
    options.broadcast = true
    options.multicastInterface = interface
    try stack.setOptions(options, of: socket)
    self.socket = socket
  }

  mutating func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) {
    guard case .udp(let handle, _) = event, handle == socket else { return }
    while let (bytes, datagram) = receive(from: handle, of: &stack) {
      guard let message = unsafe try? DHCPv4View(parsing: bytes.span.bytes),
        let type = message.messageType
      else { continue }
      var name = ""
      if let bytes = message.hostName {
        name = String(
          decoding: (0..<bytes.byteCount).map { bytes.load(UInt8.self, at: $0) }, as: UTF8.self)
      }
      log.append(
        Message(
          time: now, type: type, destination: datagram.destination.address,
          source: datagram.source.address, clientAddress: message.clientAddress,
          requestedAddress: message.requestedAddress, server: message.serverIdentifier,
          hostName: name))
      guard let reply = reply(to: message, type) else { continue }
      let peer = message.wantsBroadcast ? IPv4Address.broadcast : message.clientAddress
      for bytes in mangle?(reply) ?? [reply] {
        send(bytes, to: Endpoint(peer, port: 68), on: handle, of: &stack, now: now)
      }
    }
  }

  private func reply(
    to message: borrowing DHCPv4View, _ type: DHCPv4MessageType
  ) -> [UInt8]? {
    switch (mode, type) {
    case (.normal, .discover), (.refusing, .discover):
      return build(.offer, to: DHCPv4Header(message))
    case (.normal, .request): return build(.acknowledge, to: DHCPv4Header(message))
    case (.refusing, .request): return build(.refuse, to: DHCPv4Header(message))
    default: return nil
    }
  }

  private func build(_ type: DHCPv4MessageType, to request: DHCPv4Header) -> [UInt8]? {
    var header = request
    header.isRequest = false
    header.yourAddress = type == .refuse ? .unspecified : address
    var buffer = TestBuffer()
    return try? buffer.build { span in
      var builder = try DHCPv4Builder(header, type: type, into: &span)
      try builder.append(.serverIdentifier, Lab.serverAddress)
      if type != .refuse {
        try builder.append(.subnetMask, IPv4Address(255, 255, 255, 0))
        try builder.append(.routers, Lab.serverAddress)
        try builder.append(.domainNameServers, Lab.serverAddress)
        try builder.append(.leaseTime, leaseSeconds)
        if !classlessRoutes.isEmpty {
          try unsafe builder.append(.classlessRoutes, classlessRoutes.span.bytes)
        }
      }
      return try builder.finish()
    }
  }
}
