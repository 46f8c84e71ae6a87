import MartletHouse
import MartletWire
import Testing

@testable import martlet

/// The addresses that a house has beside its nodes'.
@Suite struct HouseAddressTests {
  private func house(_ network: String, _ addresses: [String]) throws -> House {
    House(
      name: "test", network: try #require(IPv4Prefix(network)),
      nodes: try addresses.map {
        NodePlan(name: $0, kind: .services, address: try #require(IPv4Address($0)))
      }, forwards: [])
  }

  @Test func doorHasTheLastAddressThatIsFree() throws {
    #expect(try house("10.0.0.0/24", []).doorAddress == IPv4Address(10, 0, 0, 254))
    #expect(
      try house("10.0.0.0/24", ["10.0.0.254", "10.0.0.253"]).doorAddress
        == IPv4Address(10, 0, 0, 252))
    #expect(try house("10.0.0.0/24", []).hostAddress == IPv4Address(10, 0, 0, 1))
  }

  @Test func fullNetworkHasNone() throws {
    #expect(try house("10.0.0.0/30", ["10.0.0.2"]).doorAddress == nil)
    #expect(try house("10.0.0.0/30", []).doorAddress == IPv4Address(10, 0, 0, 2))
  }

  @Test func cardsDifferAndStayTheSame() {
    let names = ["web", "echo", "", "web-2"]
    let addresses = names.map { MACAddress(ofNode: $0, in: "house") }
    #expect(Set(addresses).count == names.count)
    #expect(addresses == names.map { MACAddress(ofNode: $0, in: "house") })
    #expect(MACAddress(ofNode: "web", in: "other") != addresses[0])
    for address in addresses {
      #expect(address.isUnicast)
      #expect(address.rawValue >> 41 & 1 == 1)
    }
  }
}
