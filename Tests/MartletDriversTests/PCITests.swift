import Testing

@testable import MartletDrivers

/// Configuration space as words, with the bits of a base address register that can be written.
private final class TestConfiguration: PCIConfiguration {
  private var words: [UInt32: UInt32] = [:]
  private var masks: [UInt32: UInt32] = [:]

  private func key(_ address: PCIAddress, _ offset: Int) -> UInt32 {
    UInt32(address.bus) << 16 | UInt32(address.device) << 11 | UInt32(address.function) << 8
      | UInt32(offset)
  }

  func read(_ address: PCIAddress, _ offset: Int) -> UInt32 {
    words[key(address, offset)] ?? (words[key(address, 0)] == nil ? .max : 0)
  }

  func write(_ value: UInt32, _ address: PCIAddress, _ offset: Int) {
    let key = key(address, offset)
    let mask = masks[key] ?? (offset == 4 ? 0xFFFF : 0)
    words[key] = (words[key] ?? 0) & ~mask | value & mask
  }

  func add(_ address: PCIAddress, _ identifier: UInt32, _ header: [Int: UInt32] = [:]) {
    words[key(address, 0)] = identifier
    for (offset, word) in header { words[key(address, offset)] = word }
  }

  func mask(_ mask: UInt32, _ address: PCIAddress, _ offset: Int) {
    masks[key(address, offset)] = mask
  }
}

@Suite struct PCITests {
  private let configuration = TestConfiguration()

  private func place(_ bus: UInt8, _ device: UInt8, _ function: UInt8 = 0) -> PCIAddress {
    PCIAddress(bus: bus, device: device, function: function)
  }

  private func found() -> [PCIAddress] {
    var all: [PCIAddress] = []
    PCIBus.forEachFunction(in: configuration) { all.append($0.address) }
    return all
  }

  private func function(_ header: [Int: UInt32]) throws -> PCIFunction {
    configuration.add(place(0, 3), 0x8139_10EC, header)
    return try #require(PCIFunction(at: place(0, 3), in: configuration))
  }

  @Test func theWalkGoesBehindBridges() {
    configuration.add(place(0, 0), 0x1237_8086)
    configuration.add(place(0, 4), 0x0001_1B36, [12: 0x1_0000, 24: 0x0002_0100])
    configuration.add(place(1, 7), 0x0001_1B36, [12: 0x1_0000, 24: 0x0002_0201])
    configuration.add(place(2, 31), 0x8139_10EC)
    #expect(found() == [place(0, 0), place(0, 4), place(1, 7), place(2, 31)])
  }

  @Test func aBridgeInACircleEnds() {
    configuration.add(place(0, 1), 0x0001_1B36, [12: 0x1_0000, 24: 0x0001_0100])
    configuration.add(place(1, 1), 0x0001_1B36, [12: 0x1_0000, 24: 0x0001_0101])
    #expect(found() == [place(0, 1), place(1, 1)])
  }

  @Test func furtherFunctionsCountOnlyWhereTheHeaderSaysSo() {
    configuration.add(place(0, 1), 0x7000_8086, [12: 0x80_0000])
    configuration.add(place(0, 1, 3), 0x7113_8086)
    configuration.add(place(0, 2), 0x1111_1234)
    configuration.add(place(0, 2, 1), 0x1111_1234)
    #expect(found() == [place(0, 1), place(0, 1, 3), place(0, 2)])
  }

  @Test func regionsAreSizedAndLeftAsTheyWere() throws {
    let function = try function([4: 3, 16: 0xC001, 20: 0xFEB0_0000, 24: 0xC, 28: 0x8])
    configuration.mask(0xFFFF_FF00, function.address, 16)
    configuration.mask(0xFFFF_F000, function.address, 20)
    configuration.mask(0xFFFF_C000, function.address, 24)
    configuration.mask(.max, function.address, 28)
    #expect(
      function.region(0, in: configuration) == .ports(first: 0xC000, count: 256))
    #expect(
      function.region(1, in: configuration) == .memory(address: 0xFEB0_0000, byteCount: 4096))
    #expect(
      function.region(2, in: configuration)
        == .memory(address: 0x8_0000_0000, byteCount: 0x4000))
    #expect(function.region(5, in: configuration) == nil)
    #expect(configuration.read(function.address, 16) == 0xC001)
    #expect(configuration.read(function.address, 4) == 3)
  }

  @Test func regionsThatCannotBeAreNone() throws {
    let function = try function([16: 0xC001, 36: 0xFE00_0004])
    #expect(function.region(0, in: configuration) != nil)
    #expect(function.region(5, in: configuration) == nil)
    #expect(function.region(6, in: configuration) == nil)
    #expect(function.region(-1, in: configuration) == nil)
  }

  @Test func aCapabilityListInACircleEnds() throws {
    let function = try function([4: 1 << 20, 52: 0x40, 0x40: 0x4009, 0x44: 0])
    #expect(function.capabilities(9, in: configuration).count == 48)
    #expect(function.capabilities(5, in: configuration) == [])
  }

  @Test func theMessageTableIsFoundAndSwitched() throws {
    let function = try function(
      [4: 1 << 20, 52: 0x98, 0x98: 0x0003_0011, 0x9C: 0x0000_2004])
    configuration.mask(0xC000_0000, function.address, 0x98)
    let table = try #require(PCIMessageTable(of: function, in: configuration))
    #expect(table.entryCount == 4 && table.region == 4 && table.offset == 0x2000)
    table.enable(function, in: configuration)
    #expect(configuration.read(function.address, 0x98) == 0x8003_0011)
    table.disable(function, in: configuration)
    #expect(configuration.read(function.address, 0x98) == 0x0003_0011)
  }

  @Test func aMessageTableThatCanLieNowhereIsNone() throws {
    let none = try function([4: 1 << 20, 52: 0x40, 0x40: 0x0009])
    #expect(PCIMessageTable(of: none, in: configuration) == nil)
    let wrong = try function([4: 1 << 20, 52: 0x40, 0x40: 0x0011, 0x44: 0x2006])
    #expect(PCIMessageTable(of: wrong, in: configuration) == nil)
    let late = try function([4: 1 << 20, 52: 0xFC, 0xFC: 0x0011])
    #expect(PCIMessageTable(of: late, in: configuration) == nil)
  }

  @Test func enablingTurnsOnBusMastering() throws {
    let function = try function([4: 1 << 10])
    function.enable(in: configuration)
    #expect(configuration.read(function.address, 4) == 7)
  }

  @Test func aFunctionWithoutAPinHasNoLine() throws {
    #expect(try function([60: 0x010B]).interruptLine == 11)
    #expect(try function([60: 0x000B]).interruptLine == 255)
  }
}
