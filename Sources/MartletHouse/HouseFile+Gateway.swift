internal import MartletWire
internal import Yams

extension HouseFile {
  /// Reads `gateway:`; `gateway: {}` is one that does all it can.
  func gateway(
    _ node: Node?, in network: IPv4Prefix, nodes: [NodePlan]
  ) throws(SettingsError) -> GatewayPlan? {
    guard let node else { return nil }
    let map = try reader.mapping(
      node, "gateway",
      known: [
        "address", "domain", "dhcp", "leases", "outside", "allow", "refuse", "name-servers",
      ])
    var plan = GatewayPlan()
    if let place = map["address"] {
      let address = try address(place, "gateway.address", in: network)
      if let owner = nodes.first(where: { $0.address == address }) {
        throw reader.error(place, "gateway.address", "\(address) is taken by '\(owner.name)'")
      }
      plan.address = address
    }
    if let place = map["domain"] { plan.domain = try domain(place) }
    if let place = map["dhcp"] { try readPool(place, into: &plan, in: network) }
    for (index, entry) in try list(map["leases"], "gateway.leases").enumerated() {
      let key = "gateway.leases[\(index)]"
      let lease = try lease(entry, key, in: network)
      if nodes.contains(where: { $0.address == lease.address })
        || plan.leases.contains(where: { $0.address == lease.address })
        || lease.address == plan.address
      {
        throw reader.error(entry, "\(key).address", "\(lease.address) is taken")
      }
      if plan.leases.contains(where: { $0.linkAddress == lease.linkAddress }) {
        throw reader.error(entry, "\(key).mac", "\(lease.linkAddress) has a lease already")
      }
      plan.leases.append(lease)
    }
    if let place = map["outside"] {
      plan.reachesOutside = try isOn(place, "gateway.outside")
    }
    for (index, entry) in try list(map["allow"], "gateway.allow").enumerated() {
      let text = try reader.string(entry, "gateway.allow[\(index)]")
      guard let allowance = GatewayPlan.Allowance(rawValue: text) else {
        throw reader.error(
          entry, "gateway.allow[\(index)]",
          NearestName.unknown(
            "allowance", text, GatewayPlan.Allowance.allCases.map(\.rawValue)))
      }
      plan.allowances.append(allowance)
    }
    for (index, entry) in try list(map["refuse"], "gateway.refuse").enumerated() {
      let text = try reader.string(entry, "gateway.refuse[\(index)]")
      guard let prefix = IPv4Prefix(text) else {
        throw reader.error(
          entry, "gateway.refuse[\(index)]",
          "'\(text)' is no network; expected one like 192.168.0.0/16")
      }
      plan.refused.append(prefix)
    }
    for (index, entry) in try list(map["name-servers"], "gateway.name-servers").enumerated() {
      plan.nameServers.append(try address(entry, "gateway.name-servers[\(index)]", in: nil))
    }
    return plan
  }

  private func list(_ node: Node?, _ key: String) throws(SettingsError) -> [Node] {
    guard let node else { return [] }
    return try reader.sequence(node, key)
  }

  private func isOn(_ node: Node, _ key: String) throws(SettingsError) -> Bool {
    switch try reader.string(node, key) {
    case "on", "true", "yes": return true
    case "off", "false", "no": return false
    case let text: throw reader.error(node, key, "'\(text)' is neither 'on' nor 'off'")
    }
  }

  /// Reads an address, of a host in `network` where one is given.
  func address(
    _ node: Node, _ key: String, in network: IPv4Prefix?
  ) throws(SettingsError) -> IPv4Address {
    let text = try reader.string(node, key)
    guard let address = IPv4Address(text) else {
      throw reader.error(node, key, "'\(text)' is no address; expected one like 10.77.0.1")
    }
    if let network {
      guard network.contains(address), address != network.network, address != network.broadcast
      else { throw reader.error(node, key, "\(address) is not a host's address in \(network)") }
    }
    return address
  }

  private func domain(_ node: Node) throws(SettingsError) -> String {
    let text = try reader.string(node, "gateway.domain").lowercased()
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    guard text.utf8.count <= 200, labels.allSatisfy({ isName(String($0)) }) else {
      throw reader.error(
        node, "gateway.domain", "'\(text)' is no domain; expected one like home.internal")
    }
    return text
  }

  /// Reads `dhcp: off`, `dhcp: on` or `dhcp: { from: A, to: B }`.
  private func readPool(
    _ node: Node, into plan: inout GatewayPlan, in network: IPv4Prefix
  ) throws(SettingsError) {
    guard node.mapping != nil else {
      plan.lendsAddresses = try isOn(node, "gateway.dhcp")
      return
    }
    let map = try reader.mapping(node, "gateway.dhcp", known: ["from", "to"])
    let from = try address(
      try reader.required(map, "from", node, "gateway.dhcp"), "gateway.dhcp.from", in: network)
    let to = try address(
      try reader.required(map, "to", node, "gateway.dhcp"), "gateway.dhcp.to", in: network)
    guard from.rawValue <= to.rawValue else {
      throw reader.error(node, "gateway.dhcp", "\(from) comes after \(to)")
    }
    plan.pool = from.rawValue...to.rawValue
  }

  private func lease(
    _ node: Node, _ key: String, in network: IPv4Prefix
  ) throws(SettingsError) -> GatewayPlan.Lease {
    let map = try reader.mapping(node, key, known: ["mac", "address", "name"])
    let place = try reader.required(map, "mac", node, key)
    let text = try reader.string(place, "\(key).mac")
    guard let card = MACAddress(text), card.isUnicast else {
      throw reader.error(
        place, "\(key).mac", "'\(text)' is no card's address; expected one like 02:00:00:00:00:01")
    }
    let address = try address(
      try reader.required(map, "address", node, key), "\(key).address", in: network)
    var name: String?
    if let place = map["name"] {
      let text = try reader.string(place, "\(key).name")
      guard isName(text) else {
        throw reader.error(
          place, "\(key).name",
          "'\(text)' is no name; expected up to 32 letters, digits and hyphens")
      }
      name = text
    }
    return GatewayPlan.Lease(linkAddress: card, address: address, name: name)
  }
}
