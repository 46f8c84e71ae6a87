import Testing

@testable import MartletDrivers

@Suite struct BootInformationTests {
  /// A PVH start block at 0x1000 with a command line and a map of two regions.
  private func pvh(version: UInt64 = 1, regions: UInt64 = 2) -> TestMemory {
    let memory = TestMemory()
    memory.place(
      little(0x336E_C578, 4) + little(version, 4) + little(0, 16) + little(0x2000, 8)
        + little(0xF5B00, 8) + little(0x3000, 8) + little(regions, 4) + little(0, 4), at: 0x1000)
    memory.place(Array("ip=10.0.0.2/24 quiet".utf8) + [0], at: 0x2000)
    memory.place(
      little(0, 8) + little(0x9FC00, 8) + little(1, 4) + little(0, 4)
        + little(0x10_0000, 8) + little(0x7F0_0000, 8) + little(2, 4) + little(0, 4), at: 0x3000)
    return memory
  }

  private func multiboot(_ tags: [[UInt8]]) -> TestMemory {
    let body = tags.flatMap { $0 + [UInt8](repeating: 0, count: (8 - $0.count % 8) % 8) }
    let memory = TestMemory()
    memory.place(little(UInt64(8 + body.count), 4) + little(0, 4) + body, at: 0x1000)
    return memory
  }

  @Test func pvhGivesCommandLineRootPointerAndMap() throws {
    let memory = pvh()
    let information = try BootInformation(magic: 0, address: 0x1000, in: memory)
    #expect(information.loader == .pvh)
    #expect(information.rootPointer == 0xF5B00)
    let line = information.commandLine(in: memory)
    #expect(line.has("quiet") && line.value(of: "ip", is: "10.0.0.2/24"))
    #expect(
      information.region(at: 0, in: memory)
        == MemoryRegion(start: 0, byteCount: 0x9FC00, kind: .usable))
    #expect(information.region(at: 1, in: memory)?.kind == .reserved)
    #expect(information.region(at: 2, in: memory) == nil)
  }

  @Test func pvhBeforeTheMemoryMapIsRefused() {
    let memory = pvh(version: 0)
    #expect(throws: FirmwareError.missing) {
      try BootInformation(magic: 0, address: 0x1000, in: memory)
    }
  }

  @Test func aMapThatIsNotThereIsRefused() {
    #expect(throws: FirmwareError.unreadable(address: 0x3000, count: 72)) {
      try BootInformation(magic: 0, address: 0x1000, in: pvh(regions: 3))
    }
    #expect(throws: FirmwareError.badLength(address: 0x3000, length: 0xFFFF_FFFF)) {
      try BootInformation(magic: 0, address: 0x1000, in: pvh(regions: 0xFFFF_FFFF))
    }
  }

  @Test func multiboot2GivesTheSame() throws {
    let text = Array("test=x".utf8) + [0]
    let memory = multiboot([
      little(1, 4) + little(UInt64(8 + text.count), 4) + text,
      little(14, 4) + little(28, 4) + [UInt8](repeating: 0, count: 20),
      little(6, 4) + little(40, 4) + little(24, 4) + little(0, 4)
        + little(0x10_0000, 8) + little(0x1000, 8) + little(1, 8),
      little(0, 4) + little(8, 4),
    ])
    let information = try BootInformation(magic: 0x36D7_6289, address: 0x1000, in: memory)
    #expect(information.loader == .multiboot2)
    #expect(information.commandLine(in: memory).value(of: "test", is: "x"))
    #expect(information.rootPointer == 0x1000 + 8 + 16 + 8)
    #expect(
      information.region(at: 0, in: memory)
        == MemoryRegion(start: 0x10_0000, byteCount: 0x1000, kind: .usable))
  }

  @Test(arguments: [0, 7, 4096] as [UInt64])
  func aTagOfImpossibleLengthIsRefused(length: UInt64) {
    let memory = multiboot([little(1, 4) + little(length, 4)])
    #expect(throws: FirmwareError.badLength(address: 0x1008, length: Int(length))) {
      try BootInformation(magic: 0x36D7_6289, address: 0x1000, in: memory)
    }
  }

  @Test func anUnknownLoaderIsNamed() {
    #expect(throws: FirmwareError.unknownLoader(magic: 0x2BAD_B002)) {
      try BootInformation(magic: 0x2BAD_B002, address: 0x1000, in: TestMemory())
    }
  }

  @Test func aLongCommandLineIsCut() throws {
    let memory = pvh()
    memory.place([UInt8](repeating: UInt8(ascii: "a"), count: 6000), at: 0x2000)
    let information = try BootInformation(magic: 0, address: 0x1000, in: memory)
    let line = information.commandLine(in: memory)
    #expect(line.isCut)
    #expect(line[511] == UInt8(ascii: "a") && line[512] == nil)
  }

  @Test func aWordIsMatchedWhole() throws {
    let memory = pvh()
    memory.place(Array("  debug-exit test= test=b verbose".utf8) + [0], at: 0x2000)
    let line = try BootInformation(magic: 0, address: 0x1000, in: memory).commandLine(in: memory)
    #expect(line.has("debug-exit") && line.has("verbose"))
    #expect(!line.has("debug") && !line.has("test"))
    #expect(line.value(of: "test", is: "b") && line.value(of: "verbose") == nil)
  }
}
