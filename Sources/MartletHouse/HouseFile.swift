internal import MartletWire
internal import Yams

/// Reads house files: YAML, every key known, every value checked.
public struct HouseFile {
  /// The most nodes: the segment's ports without the host's own and that of the forwards.
  private static let nodeLimit = 254

  let reader: SettingsReader

  /// Reads a house from the text of a file called `file`.
  ///
  /// Throws `SettingsError`, which names the line, the key, what was expected and, for a key or
  /// name that is not known, the nearest that is.
  public static func parse(_ text: String, file: String) throws(SettingsError) -> House {
    let reader = SettingsReader(file: file)
    return try HouseFile(reader: reader).house(
      try reader.compose(text, whenEmpty: "a house has at least 'nodes'"))
  }

  // MARK: The house

  private func house(_ root: Node) throws(SettingsError) -> House {
    let map = try reader.mapping(
      root, "", known: ["name", "network", "nodes", "gateway", "hub", "forwards"])
    let network = try map["network"].map { node throws(SettingsError) in try prefix(node) }
    let house = House.demonstration
    let segment = network ?? house.network
    let nodes = try nodes(map["nodes"], root, in: segment)
    let gateway = try gateway(map["gateway"], in: segment, nodes: nodes)
    var result = House(
      name: try map["name"].map { node throws(SettingsError) in try reader.string(node, "name") }
        ?? house.name,
      network: segment, nodes: nodes,
      gateway: gateway, forwards: try forwards(map["forwards"], nodes: nodes, gateway: gateway))
    result.hasHub = try hasHub(map["hub"])
    return result
  }

  /// Whether the house's devices get a hub: they do unless it says otherwise.
  private func hasHub(_ node: Node?) throws(SettingsError) -> Bool {
    guard let node else { return true }
    let text = try reader.string(node, "hub")
    guard text == "own" || text == "none" else {
      throw reader.error(node, "hub", "'\(text)' is no hub; expected own or none")
    }
    return text == "own"
  }

  private func prefix(_ node: Node) throws(SettingsError) -> IPv4Prefix {
    let text = try reader.string(node, "network")
    guard let prefix = IPv4Prefix(text) else {
      throw reader.error(node, "network", "'\(text)' is no network; expected one like 10.77.0.0/24")
    }
    guard (8...30).contains(prefix.length) else {
      throw reader.error(node, "network", "/\(prefix.length) is no use here; expected /8 to /30")
    }
    return IPv4Prefix(prefix.network, length: prefix.length)
  }

  // MARK: Nodes

  private func nodes(
    _ node: Node?, _ root: Node, in network: IPv4Prefix
  ) throws(SettingsError) -> [NodePlan] {
    guard let node else { throw reader.error(root, "", "has no 'nodes'; expected a list of them") }
    let entries = try reader.sequence(node, "nodes")
    guard entries.count <= Self.nodeLimit else {
      throw reader.error(
        node, "nodes", "\(entries.count) nodes are more than the \(Self.nodeLimit) there may be")
    }
    var plans: [NodePlan] = []
    for (index, entry) in entries.enumerated() {
      let plan = try plan(entry, "nodes[\(index)]", in: network)
      if plans.contains(where: { $0.name == plan.name }) {
        throw reader.error(entry, "nodes[\(index)].name", "'\(plan.name)' is taken by another node")
      }
      if plans.contains(where: { $0.address == plan.address }) {
        throw reader.error(
          entry, "nodes[\(index)].address", "\(plan.address) is taken by another node")
      }
      plans.append(plan)
    }
    return plans
  }

  private func plan(
    _ node: Node, _ key: String, in network: IPv4Prefix
  ) throws(SettingsError) -> NodePlan {
    let map = try reader.mapping(node, key, known: ["name", "kind", "address", "auth"])
    let name = try reader.string(try reader.required(map, "name", node, key), "\(key).name")
    guard isName(name) else {
      throw reader.error(
        node, "\(key).name", "'\(name)' is no name; expected up to 32 letters, digits and hyphens")
    }
    let kindText = try reader.string(try reader.required(map, "kind", node, key), "\(key).kind")
    guard let kind = NodePlan.Kind(rawValue: kindText) else {
      throw reader.error(
        map["kind"] ?? node, "\(key).kind",
        NearestName.unknown("kind", kindText, NodePlan.Kind.allCases.map(\.rawValue)))
    }
    let place = try reader.required(map, "address", node, key)
    let text = try reader.string(place, "\(key).address")
    guard let address = IPv4Address(text) else {
      let example = IPv4Address(rawValue: network.network.rawValue &+ 2)
      throw reader.error(
        place, "\(key).address", "'\(text)' is no address; expected one like \(example)")
    }
    guard network.contains(address), address != network.network, address != network.broadcast
    else {
      throw reader.error(
        place, "\(key).address", "\(address) is not a host's address in \(network)")
    }
    return NodePlan(
      name: name, kind: kind, address: address, isOpen: try isOpen(map["auth"], "\(key).auth"))
  }

  /// Whether a node has no key, which must be asked for.
  private func isOpen(_ node: Node?, _ key: String) throws(SettingsError) -> Bool {
    guard let node else { return false }
    let text = try reader.string(node, key)
    guard text == "none" || text == "required" else {
      throw reader.error(node, key, "'\(text)' is no way to be known; expected required or none")
    }
    return text == "none"
  }

  func isName(_ name: String) -> Bool {
    (1...32).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  // MARK: Forwards

  private func forwards(
    _ node: Node?, nodes: [NodePlan], gateway: GatewayPlan?
  ) throws(SettingsError) -> [PortForward] {
    guard let node else { return [] }
    var forwards: [PortForward] = []
    for (index, entry) in try reader.sequence(node, "forwards").enumerated() {
      forwards.append(try forward(entry, "forwards[\(index)]", nodes: nodes, gateway: gateway))
    }
    return forwards
  }

  private func forward(
    _ node: Node, _ key: String, nodes: [NodePlan], gateway: GatewayPlan?
  ) throws(SettingsError) -> PortForward {
    let map = try reader.mapping(
      node, key, known: ["local", "node", "port", "protocol", "listen"])
    let place = try reader.required(map, "node", node, key)
    let name = try reader.string(place, "\(key).node")
    let names = nodes.map(\.name) + (gateway?.leases.compactMap(\.name) ?? [])
    guard names.contains(name) else {
      throw reader.error(place, "\(key).node", NearestName.unknown("node", name, names))
    }
    let local = try map["local"].map { node throws(SettingsError) in
      try port(node, "\(key).local")
    }
    var forward = PortForward(
      localPort: local, node: name,
      port: try port(try reader.required(map, "port", node, key), "\(key).port"))
    if let place = map["protocol"] {
      let text = try reader.string(place, "\(key).protocol")
      guard let transport = PortForward.Transport(rawValue: text) else {
        throw reader.error(
          place, "\(key).protocol",
          NearestName.unknown("protocol", text, PortForward.Transport.allCases.map(\.rawValue)))
      }
      guard transport == .tcp || gateway != nil else {
        throw reader.error(
          place, "\(key).protocol", "only a gateway forwards UDP; add 'gateway: {}' to the house")
      }
      forward.carries = transport
    }
    if let place = map["listen"] {
      forward.localAddress = try address(place, "\(key).listen", in: nil)
    }
    return forward
  }

  private func port(_ node: Node, _ key: String) throws(SettingsError) -> UInt16 {
    let text = try reader.string(node, key)
    guard let port = UInt16(text), port > 0 else {
      throw reader.error(node, key, "'\(text)' is no port; expected 1 to 65535")
    }
    return port
  }
}
