import MartletDevice
import MartletWire
import Testing

@testable import MartletFlow

@Suite struct MACTableTests {
  static let start = Instant(milliseconds: 1000)
  static func station(_ number: UInt64) -> MACAddress {
    MACAddress(rawValue: 0x0200_0000_0000 | number)
  }
  static func table(_ capacity: Int = 64) -> MACTable {
    MACTable(capacity: capacity, age: .seconds(300), seed: 1)
  }

  @Test func stationsAreLearnedMovedAndForgotten() {
    var table = Self.table()
    let (one, two) = (PortNumber(1), PortNumber(2))
    let (address, now) = (Self.station(1), Self.start)
    expect(table.learn(address, vlan: 0, at: one, now: now))
    expect(!table.learn(address, vlan: 0, at: one, now: now + .seconds(10)))
    // Each VLAN has stations of its own.
    #expect(table.port(of: address, vlan: 5, now: now) == nil)
    expect(table.learn(address, vlan: 5, at: two, now: now))
    #expect(table.port(of: address, vlan: 0, now: now + .seconds(309)) == one)
    #expect(table.port(of: address, vlan: 0, now: now + .seconds(310)) == nil)
    expect(table.learn(address, vlan: 0, at: two, now: now + .seconds(20)))
    #expect(table.moveCount == 1 && table.count == 2)
    #expect(table.count(at: one) == 0 && table.count(at: two) == 2)
    table.expire(now: now + .seconds(300))
    #expect(table.count == 1)
    table.expire(now: now + .seconds(320))
    #expect(table.count == 0 && table.count(at: two) == 0)
  }

  @Test func whatWasWrittenDownStays() {
    var table = Self.table()
    let (one, two) = (PortNumber(1), PortNumber(2))
    expect(table.insert(Self.station(1), vlan: 0, at: one, now: Self.start))
    expect(!table.learn(Self.station(1), vlan: 0, at: two, now: Self.start + .seconds(1)))
    #expect(table.refusalCount == 1 && table.moveCount == 0)
    let late = Self.start + .seconds(100_000)
    table.expire(now: late)
    #expect(table.port(of: Self.station(1), vlan: 0, now: late) == one)
    // A crowd does not push it out.
    for number in 2..<2000 as Range<UInt64> {
      _ = table.learn(Self.station(number), vlan: 0, at: two, now: late)
    }
    #expect(table.port(of: Self.station(1), vlan: 0, now: late) == one)
    #expect(table.count <= 64 && table.evictionCount > 1800)
  }

  @Test func aPortHasItsLimit() {
    var table = Self.table(1024)
    table.portLimit = 3
    for number in 1...10 as ClosedRange<UInt64> {
      _ = table.learn(Self.station(number), vlan: 0, at: PortNumber(1), now: Self.start)
    }
    #expect(table.count(at: PortNumber(1)) == 3 && table.refusalCount == 7)
    expect(table.learn(Self.station(10), vlan: 0, at: PortNumber(2), now: Self.start))
    // Nor does one move to where there is no room.
    expect(!table.learn(Self.station(10), vlan: 0, at: PortNumber(1), now: Self.start))
    #expect(table.port(of: Self.station(10), vlan: 0, now: Self.start) == PortNumber(2))
    table.expire(now: Self.start + .seconds(300))
    expect(table.learn(Self.station(10), vlan: 0, at: PortNumber(1), now: Self.start))
  }

  /// Random frames against an array of what was said.
  @Test func randomFramesAreAsTheModelSays() {
    var generator = SplitMix64(seed: 3)
    var table = Self.table(4096)
    var model: [(address: MACAddress, vlan: UInt16, port: PortNumber, seenAt: Instant)] = []
    var now = Self.start
    for _ in 0..<5000 {
      now = now + .milliseconds(.random(in: 0...5000, using: &generator))
      let address = Self.station(.random(in: 1...40, using: &generator))
      let vlan = UInt16.random(in: 0...2, using: &generator)
      let place = model.firstIndex { $0.address == address && $0.vlan == vlan }
      if Bool.random(using: &generator) {
        let port = PortNumber(.random(in: 1...4, using: &generator))
        _ = table.learn(address, vlan: vlan, at: port, now: now)
        if let place {
          model[place] = (address, vlan, port, now)
        } else {
          model.append((address, vlan, port, now))
        }
      } else {
        let expected = place.map { model[$0] }
          .flatMap { $0.seenAt + .seconds(300) > now ? $0.port : nil }
        #expect(table.port(of: address, vlan: vlan, now: now) == expected)
      }
      for port in 1...4 as ClosedRange<UInt32> {
        #expect(
          table.count(at: PortNumber(port)) == model.count { $0.port == PortNumber(port) })
      }
    }
  }
}

/// `#expect` for what changes the table, which the macro cannot take apart.
private func expect(_ condition: Bool, at location: SourceLocation = #_sourceLocation) {
  #expect(condition, sourceLocation: location)
}
