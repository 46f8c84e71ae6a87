internal import MartletHouse
internal import MartletServices
internal import MartletWire

// The options of type `gateway` by their names. Lists have commas between their parts.

extension GatewayPortOptions {
  init(_ reader: inout OptionReader) throws(OptionError) {
    guard let address = try reader.value("address", like: "10.20.0.1/24", IPv4Prefix.host) else {
      throw OptionError(option: "address", problem: "is missing: its address inside, 10.20.0.1/24")
    }
    self.init(address: address)
    mode =
      try reader.value("mode", like: "sockets, routed or nat") { Mode(rawValue: $0) } ?? .sockets
    uplink = try reader.text("uplink")
    if let text = try reader.text("uplink_address"), text != "dhcp" {
      guard let address = IPv4Prefix.host(text) else {
        throw OptionError(
          option: "uplink_address",
          problem: "'\(text)' is not right; expected 192.0.2.7/24, or dhcp")
      }
      uplinkAddress = address
    }
    uplinkGateway = try reader.value("uplink_gateway", like: "192.0.2.1") { IPv4Address($0) }
    try readPlan(&reader)
    forwards =
      try reader.list("forwards", like: "tcp:8080=10.20.0.5:80") { Forward($0) } ?? []
    try check()
  }

  private mutating func readPlan(_ reader: inout OptionReader) throws(OptionError) {
    switch try reader.text("dhcp") {
    case nil, "on": break
    case "off": plan.lendsAddresses = false
    case let text?:
      let ends = text.split(separator: "-").compactMap { IPv4Address(String($0)) }
      guard ends.count == 2, ends[0].rawValue <= ends[1].rawValue, address.contains(ends[0]),
        address.contains(ends[1])
      else {
        throw OptionError(
          option: "dhcp",
          problem: "'\(text)' is not right; expected on, off or two addresses of \(address) with "
            + "'-' between")
      }
      plan.pool = ends[0].rawValue...ends[1].rawValue
    }
    plan.domain = try reader.text("domain") ?? plan.domain
    guard DomainName(ascii: plan.domain.utf8) != nil else {
      throw OptionError(option: "domain", problem: "'\(plan.domain)' is no domain")
    }
    plan.leases =
      try reader.list("leases", like: "02:00:00:00:00:05=10.20.0.5=printer", Self.lease) ?? []
    plan.allowances =
      try reader.list("allow", like: "loopback, host or link-local") {
        GatewayPlan.Allowance(rawValue: $0)
      } ?? []
    plan.refused = try reader.list("refuse", like: "192.168.0.0/16") { IPv4Prefix($0) } ?? []
    plan.nameServers = try reader.list("name_servers", like: "192.0.2.53") { IPv4Address($0) } ?? []
  }

  private static func lease(_ text: String) -> GatewayPlan.Lease? {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count), let card = MACAddress(parts[0]), card.isUnicast,
      let address = IPv4Address(parts[1])
    else { return nil }
    return GatewayPlan.Lease(
      linkAddress: card, address: address, name: parts.count > 2 ? parts[2] : nil)
  }

  private func check() throws(OptionError) {
    if mode == .sockets {
      let others: [(String, Bool)] = [
        ("uplink", uplink != nil), ("uplink_address", uplinkAddress != nil),
        ("uplink_gateway", uplinkGateway != nil),
      ]
      if let stranger = others.first(where: \.1) {
        throw OptionError(option: stranger.0, problem: "belongs to mode=routed and mode=nat")
      }
    } else if uplink == nil {
      throw OptionError(
        option: "uplink", problem: "is missing: a port of type memory on the bridge outside")
    }
    if let uplinkGateway, uplinkAddress?.contains(uplinkGateway) != true {
      throw OptionError(
        option: "uplink_gateway", problem: "\(uplinkGateway) is no neighbour of uplink_address")
    }
    let guests =
      forwards.map { ("forwards", $0.guest) } + plan.leases.map { ("leases", $0.address) }
    if let stranger = guests.first(where: { !address.contains($0.1) }) {
      throw OptionError(
        option: stranger.0, problem: "\(stranger.1) is not a guest's address in \(address)")
    }
  }

  /// The options that differ from what they are without being named.
  func write(_ writer: inout OptionWriter) {
    writer.add("address", address)
    writer.add("mode", mode == .sockets ? nil : mode.rawValue)
    writer.add("uplink", uplink)
    writer.add("uplink_address", uplinkAddress)
    writer.add("uplink_gateway", uplinkGateway)
    if let pool = plan.pool {
      let ends = [pool.lowerBound, pool.upperBound].map { IPv4Address(rawValue: $0).description }
      writer.add("dhcp", ends.joined(separator: "-"))
    } else {
      writer.add("dhcp", plan.lendsAddresses ? nil : "off")
    }
    writer.add("domain", plan.domain == GatewayPlan().domain ? nil : plan.domain)
    writer.add(
      "leases",
      list: plan.leases.map { "\($0.linkAddress)=\($0.address)" + ($0.name.map { "=" + $0 } ?? "") }
    )
    writer.add("allow", list: plan.allowances.map(\.rawValue))
    writer.add("refuse", list: plan.refused.map(\.description))
    writer.add("name_servers", list: plan.nameServers.map(\.description))
    writer.add("forwards", list: forwards.map(\.text))
  }
}

extension IPv4Prefix {
  /// Reads a host's address with the length of its network.
  fileprivate static func host(_ text: String) -> IPv4Prefix? {
    guard text.contains("/"), let prefix = IPv4Prefix(text), prefix.length < 31,
      prefix.address.isUnicast, prefix.address != prefix.network,
      prefix.address != prefix.broadcast
    else { return nil }
    return prefix
  }
}
