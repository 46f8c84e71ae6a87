import MartletWire

/// The tables that the ACPI root pointer leads to (ACPI 6.5, sections 5.2.5 to 5.2.8).
///
/// Only fixed tables are read; AML, their program code, is left alone.
public struct ACPITables: Sendable {
  /// The root table: RSDT with 4-byte entries, or XSDT with 8-byte ones.
  private let root: UInt64
  private let entrySize: Int
  private let entryCount: Int

  /// Follows the root pointer at `address`, or looks for one where a PC's BIOS leaves it.
  public init(
    rootPointer address: UInt64?, in memory: borrowing some PhysicalMemory & ~Copyable
  ) throws(FirmwareError) {
    guard let address = address ?? Self.findRootPointer(in: memory) else { throw .missing }
    guard let pointer = memory.bytes(at: address, count: 20) else {
      throw .unreadable(address: address, count: 20)
    }
    guard pointer.has("RSD PTR ") else { throw .badSignature(address: address) }
    guard pointer.byteSum == 0 else { throw .badChecksum(address: address) }
    var root = UInt64(pointer.loadLittle(UInt32.self, at: 16))
    var entrySize = 4
    if pointer.load(UInt8.self, at: 15) >= 2 {
      guard let extended = memory.bytes(at: address, count: 36) else {
        throw .unreadable(address: address, count: 36)
      }
      guard extended.byteSum == 0 else { throw .badChecksum(address: address) }
      let wide = extended.loadLittle(UInt64.self, at: 24)
      if wide != 0 { (root, entrySize) = (wide, 8) }
    }
    let length = try Self.check(
      at: root, signature: entrySize == 8 ? "XSDT" : "RSDT", in: memory)
    self.root = root
    self.entrySize = entrySize
    self.entryCount = (length - Self.headerLength) / entrySize
  }

  /// The bytes of the header that every table but the root pointer begins with.
  static var headerLength: Int { 36 }

  /// The address and length of the first table with this signature whose checksum is right.
  public func find(
    _ signature: StaticString, in memory: borrowing some PhysicalMemory & ~Copyable
  ) throws(FirmwareError) -> (address: UInt64, count: Int) {
    for index in 0..<entryCount {
      let entry = root &+ UInt64(Self.headerLength + index * entrySize)
      guard let bytes = memory.bytes(at: entry, count: entrySize) else {
        throw .unreadable(address: entry, count: entrySize)
      }
      let table =
        entrySize == 8
        ? bytes.loadLittle(UInt64.self, at: 0) : UInt64(bytes.loadLittle(UInt32.self, at: 0))
      // A table that the firmware lists and that cannot be read hurts only who looks for it.
      guard let name = memory.bytes(at: table, count: 4), name.has(signature) else { continue }
      return (table, try Self.check(at: table, signature: signature, in: memory))
    }
    throw .missing
  }

  /// Checks a table's signature, length and checksum; returns its length.
  private static func check(
    at address: UInt64, signature: StaticString,
    in memory: borrowing some PhysicalMemory & ~Copyable
  ) throws(FirmwareError) -> Int {
    guard let header = memory.bytes(at: address, count: headerLength) else {
      throw .unreadable(address: address, count: headerLength)
    }
    guard header.has(signature) else { throw .badSignature(address: address) }
    let length = Int(header.loadLittle(UInt32.self, at: 4))
    guard length >= headerLength, length <= 1 << 20 else {
      throw .badLength(address: address, length: length)
    }
    guard let table = memory.bytes(at: address, count: length) else {
      throw .unreadable(address: address, count: length)
    }
    guard table.byteSum == 0 else { throw .badChecksum(address: address) }
    return length
  }

  /// Looks where ACPI 6.5, section 5.2.5.1, has a BIOS put it: on a 16-byte border of the extended
  /// BIOS data area's first KiB, or of the read-only memory below 1 MiB.
  private static func findRootPointer(
    in memory: borrowing some PhysicalMemory & ~Copyable
  ) -> UInt64? {
    if let pointer = memory.bytes(at: 0x40E, count: 2) {
      let area = UInt64(pointer.loadLittle(UInt16.self, at: 0)) << 4
      if area >= 0x400, let found = scan(from: area, count: 1024, in: memory) { return found }
    }
    return scan(from: 0xE0000, count: 0x20000, in: memory)
  }

  private static func scan(
    from start: UInt64, count: UInt64, in memory: borrowing some PhysicalMemory & ~Copyable
  ) -> UInt64? {
    for address in stride(from: start, to: start + count, by: 16) {
      guard let bytes = memory.bytes(at: address, count: 20) else { continue }
      if bytes.has("RSD PTR ") && bytes.byteSum == 0 { return address }
    }
    return nil
  }
}
