import MartletDevice
import Testing

@testable import MartletDrivers

@Suite struct ACPITablesTests {
  private let madtAddress: UInt64 = 0x8000

  private func table(_ signature: String, _ body: [UInt8]) -> [UInt8] {
    let head = Array(signature.utf8) + little(UInt64(36 + body.count), 4)
    return summed(head + [UInt8](repeating: 0, count: 28) + body, at: 9)
  }

  /// What QEMU's `-M pc` gives: one processor, one I/O APIC, the timer moved to interrupt 2, and
  /// the PCI interrupt 11 as a level.
  private let entries: [[UInt8]] = [
    [0, 8, 0, 0, 1, 0, 0, 0],
    [1, 12, 0, 0] + little(0xFEC0_0000, 4) + little(0, 4),
    [2, 10, 0, 0, 2, 0, 0, 0, 0, 0],
    [2, 10, 0, 11, 11, 0, 0, 0, 13, 0],
    [4, 6, 255, 0, 0, 1],
  ]

  private func machine(madt: [UInt8]? = nil, wide: Bool = false) -> TestMemory {
    let memory = TestMemory()
    let madt = madt ?? table("APIC", little(0xFEE0_0000, 4) + little(1, 4) + entries.joined())
    memory.place(madt, at: madtAddress)
    memory.place(
      table(wide ? "XSDT" : "RSDT", little(0x100, wide ? 8 : 4) + little(0x8000, wide ? 8 : 4)),
      at: 0x7000)
    var pointer = Array("RSD PTR ".utf8) + [0] + Array("MARTLE".utf8) + [wide ? 2 : 0]
    pointer += little(wide ? 0 : 0x7000, 4)
    pointer = summed(pointer, at: 8)
    pointer += little(36, 4) + little(wide ? 0x7000 : 0, 8) + [0, 0, 0, 0]
    memory.place(summed(pointer, at: 32), at: 0xF0010)
    return memory
  }

  private func controllers(_ memory: TestMemory) throws -> InterruptControllers {
    try InterruptControllers(tables: ACPITables(rootPointer: 0xF0010, in: memory), in: memory)
  }

  @Test(arguments: [false, true])
  func theInterruptControllersAreFound(wide: Bool) throws {
    let found = try controllers(machine(wide: wide))
    #expect(found.localAPICAddress == 0xFEE0_0000)
    #expect(found.processors == [0])
    #expect(found.ioAPICs == [.init(address: 0xFEC0_0000, firstInterrupt: 0)])
    #expect(found.wiring(ofISA: 0).interrupt == 2)
    #expect(found.wiring(ofISA: 4).interrupt == 4)
    #expect(found.wiring(ofISA: 11).isLevelTriggered)
    #expect(!found.wiring(ofISA: 11).isActiveLow)
  }

  @Test func everyCutOfTheTableIsRefused() {
    let whole = table("APIC", little(0xFEE0_0000, 4) + little(1, 4) + entries.joined())
    for count in 0..<whole.count {
      #expect(throws: FirmwareError.self) {
        try controllers(machine(madt: Array(whole.prefix(count))))
      }
    }
  }

  @Test func everyFlippedBitIsRefused() {
    let whole = table("APIC", little(0xFEE0_0000, 4) + little(1, 4) + entries.joined())
    for bit in 0..<whole.count * 8 {
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: FirmwareError.self) { try controllers(machine(madt: bytes)) }
    }
  }

  @Test(
    arguments: [
      [0, 0], [0, 1], [1, 8, 0, 0, 0, 0, 0, 0], [2, 4, 0, 0], [0], [9, 200],
    ] as [[UInt8]])
  func anEntryOfImpossibleLengthIsRefused(entry: [UInt8]) {
    let madt = table("APIC", little(0, 8) + entry)
    #expect {
      try controllers(machine(madt: madt))
    } throws: { error in
      if case .badLength(madtAddress + 44, _)? = error as? FirmwareError { true } else { false }
    }
  }

  @Test func unknownEntriesArePassedOver() throws {
    let madt = table("APIC", little(7, 4) + little(0, 4) + [200, 3, 1] + entries[0])
    #expect(try controllers(machine(madt: madt)).processors == [0])
  }

  @Test func theRootPointerIsFoundInTheBIOS() throws {
    #expect(throws: Never.self) { try ACPITables(rootPointer: nil, in: machine()) }
  }

  @Test func nothingIsFoundWhereNothingIs() {
    #expect(throws: FirmwareError.missing) {
      try ACPITables(rootPointer: nil, in: TestMemory())
    }
    #expect(throws: FirmwareError.unreadable(address: 0x10, count: 20)) {
      try ACPITables(rootPointer: 0x10, in: TestMemory())
    }
    #expect(throws: FirmwareError.badSignature(address: 0x7000)) {
      try ACPITables(rootPointer: 0x7000, in: machine())
    }
  }

  /// Bytes chosen by chance, checksums made right so that the parser goes on: no trap.
  @Test func chanceTablesNeverTrap() {
    var generator = SplitMix64(seed: 4)
    for _ in 0..<2000 {
      let length = Int.random(in: 0...120, using: &generator)
      let body = (0..<length).map { _ in UInt8.random(in: 0...16, using: &generator) }
      _ = try? controllers(machine(madt: table("APIC", body)))
    }
  }
}
