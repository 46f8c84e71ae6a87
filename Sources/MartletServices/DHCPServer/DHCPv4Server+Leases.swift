internal import MartletDevice
internal import MartletWire

/// What is answered, and which address is whose (RFC 2131, section 4.3).
extension DHCPv4Server {
  /// The answer to a message; `nil` where there is none.
  mutating func reply(to request: DHCPv4Request, now: Instant) -> DHCPv4Reply? {
    switch request.type {
    case .discover: return offer(to: request, now: now)
    case .request: return acknowledge(request, now: now)
    case .decline:
      decline(request, now: now)
      return nil
    case .release:
      release(request)
      return nil
    case .inform:
      let isHere = options.server.contains(request.header.clientAddress)
      return isHere ? DHCPv4Reply(type: .acknowledge) : nil
    default:
      counters.malformed &+= 1
      return nil
    }
  }

  private mutating func offer(to request: DHCPv4Request, now: Instant) -> DHCPv4Reply? {
    guard let address = choose(for: request, now: now),
      let index = place(for: address, of: request)
    else {
      counters.exhausted &+= 1
      return nil
    }
    // Who has the address already keeps it for as long as before, whatever it asks for.
    if leases[index].state != .bound || leases[index].client != request.client {
      leases[index].state = .offered
      leases[index].expiry = now + Self.offerTime
    }
    leases[index].client = request.client
    leases[index].linkAddress = request.header.clientMAC
    return DHCPv4Reply(type: .offer, address: address, name: leases[index].name)
  }

  private mutating func acknowledge(_ request: DHCPv4Request, now: Instant) -> DHCPv4Reply? {
    if let server = request.server, server != options.server.address {
      // It chose another server: what it was offered here is free.
      if let index = index(of: request.client), leases[index].state == .offered {
        leases[index].state = .free
      }
      return nil
    }
    let current = request.header.clientAddress
    let wanted = current.isUnspecified ? request.requestedAddress : current
    guard let wanted, isAllowed(wanted, to: request, now: now),
      let index = place(for: wanted, of: request)
    else {
      return DHCPv4Reply(type: .refuse)
    }
    leases[index].client = request.client
    leases[index].linkAddress = request.header.clientMAC
    leases[index].state = .bound
    leases[index].expiry =
      now + .seconds(Int64(DHCPv4Reply.seconds(of: options.leaseTime)))
    leases[index].name = name(for: request, at: wanted)
    tell(.bound(leases[index]))
    return DHCPv4Reply(type: .acknowledge, address: wanted, name: leases[index].name)
  }

  private mutating func decline(_ request: DHCPv4Request, now: Instant) {
    guard request.server == options.server.address, let address = request.requestedAddress,
      let index = leases.firstIndex(where: { $0.address == address }),
      leases[index].client == request.client, leases[index].state != .declined
    else { return }
    counters.declines &+= 1
    if leases[index].state == .bound { tell(.ended(leases[index])) }
    leases[index].state = .declined
    leases[index].client = []
    leases[index].linkAddress = .zero
    leases[index].name = []
    leases[index].expiry = now + Self.declineTime
  }

  private mutating func release(_ request: DHCPv4Request) {
    guard let index = index(of: request.client), leases[index].state == .bound,
      leases[index].address == request.header.clientAddress
    else { return }
    counters.releases &+= 1
    leases[index].state = .free
    tell(.ended(leases[index]))
  }

  // MARK: Addresses

  /// The address to offer; `nil` when none is left.
  private func choose(for request: DHCPv4Request, now: Instant) -> IPv4Address? {
    if let fixed = fixedLease(of: request.header.clientMAC) { return fixed.address }
    if let index = index(of: request.client), isLendable(leases[index].address) {
      return leases[index].address
    }
    if let wanted = request.requestedAddress, isLendable(wanted), holder(of: wanted) == nil {
      return wanted
    }
    // An address that nobody had before one that its last holder may come back for.
    var remembered: DHCPv4ServerLease?
    var value = options.poolStart.rawValue
    while value <= options.poolEnd.rawValue {
      let address = IPv4Address(rawValue: value)
      if isLendable(address) {
        guard let lease = leases.first(where: { $0.address == address }) else { return address }
        if lease.state == .free, lease.expiry < remembered?.expiry ?? .distantFuture {
          remembered = lease
        }
      }
      if value == .max { break }
      value += 1
    }
    return remembered?.address
  }

  /// Whether a client may have the address that it asks for.
  private func isAllowed(_ address: IPv4Address, to request: DHCPv4Request, now: Instant) -> Bool {
    if let fixed = fixedLease(of: request.header.clientMAC) { return fixed.address == address }
    guard isLendable(address) else { return false }
    if let holder = holder(of: address) { return holder == request.client }
    // Whoever was offered or lent another address is told so.
    guard let own = index(of: request.client), leases[own].state != .free else { return true }
    return leases[own].address == address
  }

  /// Whether an address is this server's to lend to anybody.
  private func isLendable(_ address: IPv4Address) -> Bool {
    address.rawValue >= options.poolStart.rawValue && address.rawValue <= options.poolEnd.rawValue
      && options.server.contains(address) && address != options.server.address
      && address != options.server.network && address != options.server.broadcast
      && !options.reserved.contains(address)
      && !options.fixedLeases.contains { $0.address == address }
  }

  private func fixedLease(of card: MACAddress) -> DHCPv4ServerOptions.FixedLease? {
    options.fixedLeases.first { $0.linkAddress == card }
  }

  /// Who has an address, or was offered it; `nil` when it is free.
  private func holder(of address: IPv4Address) -> [UInt8]? {
    leases.first { $0.address == address && $0.state != .free }?.client
  }

  /// The entry of a client.
  private func index(of client: [UInt8]) -> Int? {
    leases.firstIndex { $0.client == client }
  }

  /// The entry of an address for this client, made if there is none; `nil` when the table is full.
  private mutating func place(for address: IPv4Address, of request: DHCPv4Request) -> Int? {
    // A client has one address: what it had before is free, and nobody's.
    for index in leases.indices.reversed()
    where leases[index].client == request.client && leases[index].address != address {
      if leases[index].state == .bound { tell(.ended(leases[index])) }
      leases.remove(at: index)
    }
    if let index = leases.firstIndex(where: { $0.address == address }) { return index }
    if leases.count >= max(1, options.leaseLimit) {
      var oldest: Int?
      for index in leases.indices where leases[index].state == .free {
        if oldest.map({ leases[index].expiry < leases[$0].expiry }) ?? true { oldest = index }
      }
      guard let oldest else { return nil }
      leases.remove(at: oldest)
    }
    leases.append(
      DHCPv4ServerLease(
        address: address, linkAddress: request.header.clientMAC, name: [], state: .free,
        expiry: .zero, client: request.client))
    return leases.count - 1
  }

  /// The name that a client gets: that of its fixed lease, or its own if nobody else has it.
  private func name(for request: DHCPv4Request, at address: IPv4Address) -> [UInt8] {
    if let fixed = fixedLease(of: request.header.clientMAC), !fixed.name.isEmpty {
      return fixed.name
    }
    let isTaken =
      options.fixedLeases.contains { $0.name == request.name }
      || leases.contains {
        $0.state == .bound && $0.name == request.name && $0.address != address
      }
    return isTaken ? [] : request.name
  }
}
