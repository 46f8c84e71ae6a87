import MartletHouse
import MartletWire
import Testing

@Suite("A house file")
struct HouseFileTests {
  private static let good = """
    name: test
    network: 10.1.0.0/24
    nodes:
      - name: web
        kind: web
        address: 10.1.0.10
      - name: echo
        kind: services
        address: 10.1.0.20
    forwards:
      - local: 9000
        node: web
        port: 80
    """

  @Test("gives the house that it describes")
  func good() throws {
    let house = try HouseFile.parse(Self.good, file: "house.yaml")
    #expect(house.name == "test")
    #expect(house.network == IPv4Prefix("10.1.0.0/24"))
    #expect(house.nodes.map(\.name) == ["web", "echo"])
    #expect(house.forwards == [PortForward(localPort: 9000, node: "web", port: 80)])
  }

  struct Wrong: CustomTestStringConvertible, Sendable {
    let old: String
    let new: String
    let message: String
    var testDescription: String { message }
  }

  @Test(
    "that is wrong says where, what and what would be right",
    arguments: [
      Wrong(
        old: "kind: services", new: "kind: service",
        message: "h:8: nodes[1].kind: there is no kind 'service'; did you mean 'services'?"),
      Wrong(
        old: "network: 10", new: "netwrok: 10",
        message: "h:2: there is no key 'netwrok'; did you mean 'network'?"),
      Wrong(
        old: "10.1.0.20", new: "10.2.0.20",
        message: "h:9: nodes[1].address: 10.2.0.20 is not a host's address in 10.1.0.0/24"),
      Wrong(
        old: "10.1.0.20", new: "10.1.0.010",
        message: "h:9: nodes[1].address: '10.1.0.010' is no address; "
          + "expected one like 10.1.0.2"),
      Wrong(
        old: "port: 80", new: "port: 80000",
        message: "h:13: forwards[0].port: '80000' is no port; expected 1 to 65535"),
      Wrong(
        old: "node: web", new: "node: wbe",
        message: "h:12: forwards[0].node: there is no node 'wbe'; did you mean 'web'?"),
      Wrong(
        old: "- name: echo", new: "- name: web",
        message: "h:7: nodes[1].name: 'web' is taken by another node"),
      Wrong(
        old: "kind: web", new: "kond: web",
        message: "h:5: nodes[0]: there is no key 'kond'; did you mean 'kind'?"),
    ])
  func wrong(row: Wrong) throws {
    let text = Self.good.replacing(row.old, with: row.new)
    let error = #expect(throws: SettingsError.self) {
      try HouseFile.parse(text, file: "h")
    }
    #expect(error?.description == row.message)
  }

  @Test("that is no YAML, or empty, or cut anywhere, is refused and never traps")
  func cut() {
    for count in 0..<Self.good.count {
      _ = try? HouseFile.parse(String(Self.good.prefix(count)), file: "h")
    }
    #expect(throws: SettingsError.self) { try HouseFile.parse("", file: "h") }
    #expect(throws: SettingsError.self) { try HouseFile.parse("a: [", file: "h") }
    #expect(throws: SettingsError.self) { try HouseFile.parse("- - -", file: "h") }
  }

  // MARK: Files that mean harm

  @Test("whose aliases stand for more than memory holds is refused", .timeLimit(.minutes(1)))
  func aliases() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...10 {
      let parts = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(parts)]\n"
    }
    let error = #expect(throws: SettingsError.self) {
      try HouseFile.parse(text + "? *a10\n: x\n", file: "h")
    }
    #expect(
      error?.description == "h:1: has more than 8 aliases ('*name'); write the values themselves")
  }

  @Test("may use an alias where it saves writing")
  func fewAliases() throws {
    let text = Self.good.replacing("kind: web", with: "kind: &kind web")
      .replacing("kind: services", with: "kind: *kind")
    #expect(try HouseFile.parse(text, file: "h").nodes.map(\.kind) == [.web, .web])
  }

  @Test("with a name as long as the file is refused", .timeLimit(.minutes(1)))
  func longName() {
    let nodes = (1...200).map {
      "  - { name: node-of-a-house-\($0), kind: web, address: 10.1.0.\($0) }\n"
    }
    let name = String(repeating: "q", count: 900_000)
    #expect(throws: SettingsError.self) {
      try HouseFile.parse(
        "network: 10.1.0.0/24\nnodes:\n" + nodes.joined()
          + "forwards:\n  - { node: \(name), port: 80 }\n", file: "h")
    }
  }

  @Test("with more nodes than the segment has ports is refused")
  func tooManyNodes() {
    let nodes = (0..<255).map { "  - { name: n\($0), kind: web, address: 10.1.1.\($0) }\n" }
    let error = #expect(throws: SettingsError.self) {
      try HouseFile.parse("network: 10.1.0.0/16\nnodes:\n" + nodes.joined(), file: "h")
    }
    #expect(error?.description == "h:3: nodes: 255 nodes are more than the 254 there may be")
  }
}
