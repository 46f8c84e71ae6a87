internal import MartletDevice
internal import MartletWire

/// What a server answers.
struct DHCPv4Reply {
  let type: DHCPv4MessageType
  /// The address it gives; unspecified in a refusal and in the answer to DHCPINFORM.
  var address = IPv4Address.unspecified
  /// The name it gives.
  var name: [UInt8] = []

  /// Writes the message (RFC 2131, table 3) and returns its length.
  func emit(
    _ options: DHCPv4ServerOptions, answering request: DHCPv4Request,
    into bytes: inout MutableRawSpan
  ) throws(WireError) -> Int {
    var header = request.header
    header.isRequest = false
    header.secondsElapsed = 0
    header.yourAddress = address
    if type == .refuse { header.clientAddress = .unspecified }
    var builder = try DHCPv4Builder(header, type: type, into: &bytes)
    try builder.append(.serverIdentifier, options.server.address)
    guard type != .refuse else { return try builder.finish() }
    if !address.isUnspecified {
      let seconds = Self.seconds(of: options.leaseTime)
      try builder.append(.leaseTime, seconds)
      try builder.append(.renewalTime, seconds / 2)
      try builder.append(.rebindingTime, UInt32(truncatingIfNeeded: UInt64(seconds) * 7 / 8))
    }
    try builder.append(.subnetMask, options.server.mask)
    if let broadcast = options.server.broadcast {
      try builder.append(.broadcastAddress, broadcast)
    }
    if let router = options.router { try builder.append(.routers, router) }
    if !options.nameServers.isEmpty {
      var servers: [UInt8] = []
      for server in options.nameServers.prefix(8) {
        for shift in [24, 16, 8, 0] as [UInt32] {
          servers.append(UInt8(truncatingIfNeeded: server.rawValue >> shift))
        }
      }
      try builder.append(.domainNameServers, servers.rawBytes)
    }
    if !options.domain.isEmpty { try builder.append(.domainName, options.domain.rawBytes) }
    if let mtu = options.maximumTransmissionUnit, request.wantsMTU {
      try builder.append(.interfaceMTU, mtu)
    }
    if request.wantsName, !name.isEmpty { try builder.append(.hostName, name.rawBytes) }
    return try builder.finish()
  }

  /// A lease's length as the wire has it.
  static func seconds(of time: Interval) -> UInt32 {
    UInt32(clamping: max(60, time.microseconds / 1_000_000))
  }
}
