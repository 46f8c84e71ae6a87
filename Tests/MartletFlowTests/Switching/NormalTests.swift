import MartletDevice
import MartletFlow
import MartletWire
import Testing

/// What `normal` does with VLANs, stations and reserved addresses.
@Suite struct NormalTests {
  static let (one, two, all): (UInt64, UInt64, UInt64) = (
    0x0200_0000_0001, 0x0200_0000_0002, 0xffff_ffff_ffff
  )

  static func frame(to: UInt64 = all, from: UInt64 = one, vlan: UInt16? = nil) -> [UInt8] {
    Frames.ethernet(to: to, from: from, tci: vlan, type: 0x88b6, [UInt8](repeating: 1, count: 46))
  }

  static func set(_ vlans: UInt16...) -> VLANSet {
    var set = VLANSet(all: false)
    for vlan in vlans { set.insert(vlan) }
    return set
  }

  private func bench(_ modes: [VLANMode]) throws -> Bench {
    let bench = try Bench(ports: 1...UInt32(modes.count))
    try bench.add([.output(.normal, maxLength: 0)])
    for (index, mode) in modes.enumerated() {
      bench.datapath.updatePort(PortNumber(UInt32(index + 1))) { $0.vlan = mode }
    }
    return bench
  }

  @Test func everyModeTakesAndSendsWhatItShall() throws {
    // 1, 2: access to 10 and 20; 3: trunk of 10; 4: all, native 20 without tag; 5: all, native 10 with.
    let bench = try bench([
      .access(10), .access(20), .trunk(Self.set(10)),
      .native(20, leavesTagged: false, VLANSet(all: true)),
      .native(10, leavesTagged: true, VLANSet(all: true)),
    ])
    let (plain, ten, twenty) = (
      Self.frame(), Self.frame(vlan: 10), Self.frame(vlan: 20)
    )
    func sent(_ frame: [UInt8], from port: UInt32) -> [Bench.Sent] { bench.send(frame, from: port) }
    func out(_ port: UInt32, _ frame: [UInt8]) -> Bench.Sent { .init(port: port, frame: frame) }
    #expect(sent(plain, from: 1) == [out(3, ten), out(4, ten), out(5, ten)])
    #expect(sent(plain, from: 2) == [out(4, plain), out(5, twenty)])
    #expect(sent(ten, from: 3) == [out(1, plain), out(4, ten), out(5, ten)])
    #expect(sent(plain, from: 4) == [out(2, plain), out(5, twenty)])
    #expect(sent(plain, from: 5) == [out(1, plain), out(3, ten), out(4, ten)])
    // Refused: a tag at an access port, a VLAN that the trunk has not.
    #expect(sent(ten, from: 1).isEmpty && sent(twenty, from: 3).isEmpty)
    #expect(bench.dropped(.vlan) == 2)
  }

  @Test func stationsOfOneVLANAreStrangersInAnother() throws {
    let bench = try bench([.access(10), .access(10), .access(20), .trunk(all: true)])
    #expect(bench.ports(Self.frame(from: Self.one), from: 1) == [2, 4])
    #expect(bench.ports(Self.frame(to: Self.one, from: Self.two), from: 2) == [1])
    #expect(bench.ports(Self.frame(to: Self.one, from: Self.two), from: 3) == [4])
    #expect(bench.ports(Self.frame(to: Self.one, from: 9, vlan: 10), from: 4) == [1])
  }

  @Test func bridgesKeepWhatIsForBridges() throws {
    let bench = try bench(Array(repeating: .trunk(all: true), count: 3))
    for last in 0...15 as ClosedRange<UInt64> {
      #expect(bench.ports(Self.frame(to: 0x0180_c200_0000 | last)).isEmpty)
    }
    #expect(bench.dropped(.reserved) == 16)
    // LLDP's neighbours and other groups go on.
    #expect(bench.ports(Self.frame(to: 0x0180_c200_0010)) == [2, 3])
    // Not back to where it came from.
    _ = bench.ports(Self.frame(from: Self.two), from: 1)
    #expect(bench.ports(Self.frame(to: Self.two), from: 1).isEmpty)
    #expect(bench.dropped(.sameSide) == 1)
  }

  @Test func flushesAreForPortAndVLAN() throws {
    let bench = try bench(Array(repeating: .trunk(all: true), count: 3))
    for (station, port, vlan) in [(1, 1, 10), (2, 1, 20), (3, 2, 10)] as [(UInt64, UInt32, UInt16)]
    {
      _ = bench.send(Self.frame(from: 0x0200_0000_0000 | station, vlan: vlan), from: port)
    }
    try bench.datapath.addStation(
      MACAddress(rawValue: 0x0200_0000_0009), vlan: 10, at: PortNumber(1), now: bench.now)
    func known() -> [UInt64] {
      var found: [UInt64] = []
      bench.datapath.stations.forEach(now: bench.now) { found.append($0.address.rawValue & 15) }
      return found.sorted()
    }
    #expect(known() == [1, 2, 3, 9])
    bench.datapath.forgetStations(at: PortNumber(1), vlan: 20)
    #expect(known() == [1, 3, 9])
    bench.datapath.forgetStations(vlan: 10)
    #expect(known() == [9])
    bench.datapath.removeStation(MACAddress(rawValue: 0x0200_0000_0009), vlan: 10)
    #expect(known().isEmpty)
    #expect(throws: FlowError.badPort) {
      try bench.datapath.addStation(.broadcast, vlan: 0, at: PortNumber(1), now: bench.now)
    }
  }
}
