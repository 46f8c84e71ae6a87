import MartletHouse
import MartletWire
import Testing

@Suite("A house's gateway")
struct GatewayPlanTests {
  private static let good = """
    name: test
    network: 10.1.0.0/24
    nodes:
      - { name: web, kind: web, address: 10.1.0.10 }
    gateway:
      address: 10.1.0.1
      domain: home.test
      dhcp: { from: 10.1.0.100, to: 10.1.0.199 }
      leases:
        - { mac: "02:00:00:00:00:05", address: 10.1.0.5, name: printer }
      outside: on
      allow: [loopback, link-local]
      refuse: [192.168.0.0/16]
      name-servers: [192.0.2.53]
    forwards:
      - { node: printer, port: 53, local: 5353, protocol: udp, listen: 0.0.0.0 }
    """

  private static func plan(_ text: String) throws -> GatewayPlan? {
    try HouseFile.parse(text, file: "h").gateway
  }

  @Test("is what the file says")
  func good() throws {
    let house = try HouseFile.parse(Self.good, file: "h")
    let plan = try #require(house.gateway)
    #expect(plan.address == IPv4Address(10, 1, 0, 1))
    #expect(plan.domain == "home.test" && plan.lendsAddresses && plan.reachesOutside)
    #expect(
      plan.pool
        == IPv4Address(10, 1, 0, 100).rawValue...IPv4Address(10, 1, 0, 199).rawValue)
    #expect(
      plan.leases == [
        .init(
          linkAddress: MACAddress(2, 0, 0, 0, 0, 5), address: IPv4Address(10, 1, 0, 5),
          name: "printer")
      ])
    #expect(plan.allowances == [.loopback, .linkLocal])
    #expect(plan.refused == [IPv4Prefix(IPv4Address(192, 168, 0, 0), length: 16)])
    #expect(plan.nameServers == [IPv4Address(192, 0, 2, 53)])
    let forward = try #require(house.forwards.first)
    #expect(forward.carries == .udp && forward.localAddress == .unspecified)
  }

  @Test("is not there unless the file has one, and needs nothing in it")
  func absent() throws {
    let nodes = "nodes: [{ name: web, kind: web, address: 10.77.0.10 }]\n"
    #expect(try Self.plan(nodes) == nil)
    #expect(try Self.plan(nodes + "gateway: {}") == GatewayPlan())
    #expect(try Self.plan(nodes + "gateway: { dhcp: off }")?.lendsAddresses == false)
  }

  @Test(
    "that is wrong says where, what and what would be right",
    arguments: [
      (
        "address: 10.1.0.1\n", "address: 10.1.0.10\n",
        "h:6: gateway.address: 10.1.0.10 is taken by 'web'"
      ),
      ("domain: home", "domain: ho_me", "h:7: gateway.domain: 'ho_me.test' is no domain"),
      (
        "from: 10.1.0.100", "from: 10.1.0.200",
        "h:8: gateway.dhcp: 10.1.0.200 comes after 10.1.0.199"
      ),
      (
        "00:05\"", "00:0x\"",
        "h:10: gateway.leases[0].mac: '02:00:00:00:00:0x' is no card's address"
      ),
      ("10.1.0.5,", "10.1.0.1,", "h:10: gateway.leases[0].address: 10.1.0.1 is taken"),
      ("outside: on", "outside: maybe", "h:11: gateway.outside: 'maybe' is neither 'on' nor 'off'"),
      (
        "[loopback", "[loopbak",
        "h:12: gateway.allow[0]: there is no allowance 'loopbak'; did you mean 'loopback'?"
      ),
      ("192.168.0.0/16", "192.168", "h:13: gateway.refuse[0]: '192.168' is no network"),
      (
        "protocol: udp", "protocol: upd",
        "h:16: forwards[0].protocol: there is no protocol 'upd'; did you mean 'udp'?"
      ),
      ("refuse:", "refuses:", "h:13: gateway: there is no key 'refuses'; did you mean 'refuse'?"),
    ])
  func wrong(old: String, new: String, message: String) {
    let text = Self.good.split(separator: old, omittingEmptySubsequences: false)
      .joined(separator: new)
    #expect(text != Self.good)
    do throws(SettingsError) {
      _ = try HouseFile.parse(text, file: "h")
      Issue.record("it was taken")
    } catch {
      #expect(error.description.hasPrefix(message), "\(error)")
    }
  }
}
