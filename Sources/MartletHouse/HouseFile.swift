internal import MartletWire
internal import Yams

/// Reads house files: YAML, every key known, every value checked.
public struct HouseFile {
  /// The most nodes: the segment's ports without the host's own and that of the forwards.
  private static let nodeLimit = 254

  /// The most aliases (`*name`). A few lines of aliases to aliases stand for more values than there
  /// are atoms; without them no file stands for more than it says.
  private static let aliasLimit = 8

  private let file: String

  /// Reads a house from the text of a file called `file`.
  ///
  /// Throws `HouseFileError`, which names the line, the key, what was expected and, for a key or
  /// name that is not known, the nearest that is.
  public static func parse(_ text: String, file: String) throws(HouseFileError) -> House {
    try HouseFile(file: file).house(try compose(text, file: file))
  }

  private static func compose(_ text: String, file: String) throws(HouseFileError) -> Node {
    guard aliasCount(in: text) <= aliasLimit else {
      throw HouseFileError(
        file: file, line: 1, key: "",
        problem: "has more than \(aliasLimit) aliases ('*name'); write the values themselves")
    }
    do {
      if let node = try Yams.compose(yaml: text) { return node }
    } catch let error as YamlError {
      throw HouseFileError(file: file, line: error.line, key: "", problem: error.summary)
    } catch {
      throw HouseFileError(file: file, line: 1, key: "", problem: "is not YAML: \(error)")
    }
    throw HouseFileError(
      file: file, line: 1, key: "", problem: "is empty; a house has at least 'nodes'")
  }

  /// How often an alias may begin: comments and quoted text count as well.
  private static func aliasCount(in text: String) -> Int {
    var count = 0
    var last = UInt8(ascii: " ")
    for byte in text.utf8 {
      if last == UInt8(ascii: "*"), isAnchorCharacter(byte) { count += 1 }
      last = byte
    }
    return count
  }

  private static func isAnchorCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  // MARK: The house

  private func house(_ root: Node) throws(HouseFileError) -> House {
    let map = try mapping(root, "", known: ["name", "network", "nodes", "forwards"])
    let network = try map["network"].map { node throws(HouseFileError) in try prefix(node) }
    let house = House.demonstration
    let segment = network ?? house.network
    let nodes = try nodes(map["nodes"], root, in: segment)
    return House(
      name: try map["name"].map { node throws(HouseFileError) in try string(node, "name") }
        ?? house.name,
      network: segment, nodes: nodes,
      forwards: try forwards(map["forwards"], nodes: nodes))
  }

  private func prefix(_ node: Node) throws(HouseFileError) -> IPv4Prefix {
    let text = try string(node, "network")
    guard let prefix = IPv4Prefix(text) else {
      throw error(node, "network", "'\(text)' is no network; expected one like 10.77.0.0/24")
    }
    guard (8...30).contains(prefix.length) else {
      throw error(node, "network", "/\(prefix.length) is no use here; expected /8 to /30")
    }
    return IPv4Prefix(prefix.network, length: prefix.length)
  }

  // MARK: Nodes

  private func nodes(
    _ node: Node?, _ root: Node, in network: IPv4Prefix
  ) throws(HouseFileError) -> [NodePlan] {
    guard let node else { throw error(root, "", "has no 'nodes'; expected a list of them") }
    let entries = try sequence(node, "nodes")
    guard entries.count <= Self.nodeLimit else {
      throw error(
        node, "nodes", "\(entries.count) nodes are more than the \(Self.nodeLimit) there may be")
    }
    var plans: [NodePlan] = []
    for (index, entry) in entries.enumerated() {
      let plan = try plan(entry, "nodes[\(index)]", in: network)
      if plans.contains(where: { $0.name == plan.name }) {
        throw error(entry, "nodes[\(index)].name", "'\(plan.name)' is taken by another node")
      }
      if plans.contains(where: { $0.address == plan.address }) {
        throw error(
          entry, "nodes[\(index)].address", "\(plan.address) is taken by another node")
      }
      plans.append(plan)
    }
    return plans
  }

  private func plan(
    _ node: Node, _ key: String, in network: IPv4Prefix
  ) throws(HouseFileError) -> NodePlan {
    let map = try mapping(node, key, known: ["name", "kind", "address"])
    let name = try string(try required(map, "name", node, key), "\(key).name")
    guard isName(name) else {
      throw error(
        node, "\(key).name", "'\(name)' is no name; expected up to 32 letters, digits and hyphens")
    }
    let kindText = try string(try required(map, "kind", node, key), "\(key).kind")
    guard let kind = NodePlan.Kind(rawValue: kindText) else {
      throw error(
        map["kind"] ?? node, "\(key).kind",
        unknown("kind", kindText, NodePlan.Kind.allCases.map(\.rawValue)))
    }
    let place = try required(map, "address", node, key)
    let text = try string(place, "\(key).address")
    guard let address = IPv4Address(text) else {
      let example = IPv4Address(rawValue: network.network.rawValue &+ 2)
      throw error(
        place, "\(key).address", "'\(text)' is no address; expected one like \(example)")
    }
    guard network.contains(address), address != network.network, address != network.broadcast
    else {
      throw error(place, "\(key).address", "\(address) is not a host's address in \(network)")
    }
    return NodePlan(name: name, kind: kind, address: address)
  }

  private func isName(_ name: String) -> Bool {
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
    _ node: Node?, nodes: [NodePlan]
  ) throws(HouseFileError) -> [PortForward] {
    guard let node else { return [] }
    var forwards: [PortForward] = []
    for (index, entry) in try sequence(node, "forwards").enumerated() {
      forwards.append(try forward(entry, "forwards[\(index)]", nodes: nodes))
    }
    return forwards
  }

  private func forward(
    _ node: Node, _ key: String, nodes: [NodePlan]
  ) throws(HouseFileError) -> PortForward {
    let map = try mapping(node, key, known: ["local", "node", "port"])
    let place = try required(map, "node", node, key)
    let name = try string(place, "\(key).node")
    guard nodes.contains(where: { $0.name == name }) else {
      throw error(place, "\(key).node", unknown("node", name, nodes.map(\.name)))
    }
    let local = try map["local"].map { node throws(HouseFileError) in
      try port(node, "\(key).local")
    }
    return PortForward(
      localPort: local, node: name,
      port: try port(try required(map, "port", node, key), "\(key).port"))
  }

  private func port(_ node: Node, _ key: String) throws(HouseFileError) -> UInt16 {
    let text = try string(node, key)
    guard let port = UInt16(text), port > 0 else {
      throw error(node, key, "'\(text)' is no port; expected 1 to 65535")
    }
    return port
  }

  // MARK: YAML

  private func mapping(
    _ node: Node, _ key: String, known: [String]
  ) throws(HouseFileError) -> [String: Node] {
    guard let mapping = node.mapping else {
      throw error(node, key, "expected keys and values: \(known.joined(separator: ", "))")
    }
    var result: [String: Node] = [:]
    for (name, value) in mapping {
      guard let text = name.scalar?.string, known.contains(text) else {
        throw error(name, key, unknown("key", name.scalar?.string ?? "?", known))
      }
      guard result.updateValue(value, forKey: text) == nil else {
        throw error(name, key, "'\(text)' stands here twice")
      }
    }
    return result
  }

  private func sequence(_ node: Node, _ key: String) throws(HouseFileError) -> [Node] {
    guard let sequence = node.sequence else {
      throw error(node, key, "expected a list: lines that begin with '- '")
    }
    return Array(sequence)
  }

  private func string(_ node: Node, _ key: String) throws(HouseFileError) -> String {
    guard let scalar = node.scalar else { throw error(node, key, "expected a single value") }
    return scalar.string
  }

  private func required(
    _ map: [String: Node], _ name: String, _ node: Node, _ key: String
  ) throws(HouseFileError) -> Node {
    guard let value = map[name] else { throw error(node, key, "has no '\(name)'") }
    return value
  }

  private func unknown(_ what: String, _ name: String, _ known: [String]) -> String {
    if let nearest = NearestName.find(name, in: known) {
      return "there is no \(what) '\(name)'; did you mean '\(nearest)'?"
    }
    return "there is no \(what) '\(name)'; expected one of: \(known.joined(separator: ", "))"
  }

  private func error(_ node: Node, _ key: String, _ problem: String) -> HouseFileError {
    HouseFileError(file: file, line: node.mark?.line ?? 1, key: key, problem: problem)
  }
}

extension YamlError {
  /// The line at which reading stopped.
  fileprivate var line: Int {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      mark.line
    default: 1
    }
  }

  /// What is wrong, without the excerpt.
  fileprivate var summary: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _),
      .composer(_, let problem, _, _):
      "is not YAML: \(problem)"
    case .duplicatedKeysInMapping(let duplicates, _):
      "has a key twice: \(duplicates.joined(separator: ", "))"
    default: "is not YAML"
    }
  }
}
