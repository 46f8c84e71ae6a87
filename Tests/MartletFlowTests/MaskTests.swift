import MartletFlow
import Testing

/// How little of a frame the search looks at: what is remembered should hold for many frames.
@Suite struct MaskTests {
  private static func frame(to destination: UInt32, proto: UInt8 = 17) -> [UInt8] {
    let data: [UInt8] = proto == 17 ? [0, 9, 0, 9, 0, 8, 0, 0] : [8, 0, 0, 0, 0, 1, 0, 1]
    return Frames.ethernet(
      to: 2, from: 4, type: 0x0800, Frames.ipv4(0x0A00_0001, destination, proto: proto, data))
  }

  @Test func portsAreNotLookedAtForOtherProtocols() throws {
    let bench = try Bench()
    try bench.add([.output(PortNumber(2), maxLength: 0)]) {
      $0.set(.etherType, 0x0800)
      $0.set(.ipProtocol, 6)
      $0.set(.transportDestination, 80)
    }
    let mask = try #require(bench.trace(Self.frame(to: 5))).mask
    #expect(mask[.ipProtocol] == 0xFF)
    #expect(mask[.transportDestination] == 0)
    #expect(mask[.ethernetSource] == 0)
  }

  @Test func onlyTheBitsThatTellAddressesApartCount() throws {
    let bench = try Bench()
    for host in 1...4 {
      try bench.add([.output(PortNumber(2), maxLength: 0)]) {
        $0.set(.etherType, 0x0800)
        $0.set(.ipv4Destination, UInt128(0x0A00_0000 + host))
      }
    }
    let far = try #require(bench.trace(Self.frame(to: 0xC0A8_0001))).mask
    #expect(far[.ipv4Destination] == 0x8000_0000)
    let near = try #require(bench.trace(Self.frame(to: 0x0A00_0108))).mask
    #expect(near[.ipv4Destination] == 0xFFFF_FF00)
    let hit = try #require(bench.trace(Self.frame(to: 0x0A00_0002))).mask
    #expect(hit[.ipv4Destination] == 0xFFFF_FFFF)
    // Once the flows are gone nothing of an address counts.
    _ = bench.delete(FlowFilter())
    let none = try #require(bench.trace(Self.frame(to: 0x0A00_0002))).mask
    #expect(none[.ipv4Destination] == 0)
  }
}
