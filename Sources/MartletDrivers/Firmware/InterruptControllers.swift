import MartletWire

/// The machine's interrupt controllers, from the MADT (ACPI 6.5, section 5.2.12).
public struct InterruptControllers: Equatable, Sendable {
  /// Where each processor finds its own local APIC.
  public private(set) var localAPICAddress: UInt64
  /// The processors that are enabled, by the identifier of their local APIC.
  public private(set) var processors: [UInt32] = []
  /// The I/O APICs, in the table's order.
  public private(set) var ioAPICs: [IOAPIC] = []
  /// ISA interrupts that are not wired as the standard says.
  public private(set) var overrides: [Override] = []

  /// An I/O APIC.
  public struct IOAPIC: Equatable, Sendable {
    /// The physical address of its registers.
    public var address: UInt64
    /// The first global interrupt that it takes.
    public var firstInterrupt: UInt32
  }

  /// Where an ISA interrupt goes, and how it is signalled.
  public struct Override: Equatable, Sendable {
    /// The ISA interrupt, 0 to 15.
    public var source: UInt8
    /// The global interrupt it arrives at.
    public var interrupt: UInt32
    /// Whether the line is active when low.
    public var isActiveLow: Bool
    /// Whether it is signalled as long as the level lasts.
    public var isLevelTriggered: Bool
  }

  /// Reads the MADT of `tables`.
  public init(
    tables: ACPITables, in memory: borrowing some PhysicalMemory & ~Copyable
  ) throws(FirmwareError) {
    let (address, count) = try tables.find("APIC", in: memory)
    guard count >= 44, let table = memory.bytes(at: address, count: count) else {
      throw .badLength(address: address, length: count)
    }
    localAPICAddress = UInt64(table.loadLittle(UInt32.self, at: 36))
    var offset = 44
    while offset < count {
      guard count - offset >= 2 else {
        throw .badLength(address: address &+ UInt64(offset), length: count - offset)
      }
      let length = Int(table.load(UInt8.self, at: offset + 1))
      guard length >= 2, length <= count - offset else {
        throw .badLength(address: address &+ UInt64(offset), length: length)
      }
      try read(
        table.extracting(offset..<offset + length), at: address &+ UInt64(offset))
      offset += length
    }
  }

  /// How the ISA interrupt `line` is wired: as overridden, else one to one, active high, by edge.
  public func wiring(ofISA line: UInt8) -> Override {
    overrides.first { $0.source == line }
      ?? Override(
        source: line, interrupt: UInt32(line), isActiveLow: false, isLevelTriggered: false)
  }

  private mutating func read(_ entry: RawSpan, at address: UInt64) throws(FirmwareError) {
    let type = entry.load(UInt8.self, at: 0)
    guard entry.byteCount >= Self.length(of: type) else {
      throw .badLength(address: address, length: entry.byteCount)
    }
    switch type {
    case 0 where entry.loadLittle(UInt32.self, at: 4) & 1 != 0:
      processors.append(UInt32(entry.load(UInt8.self, at: 3)))
    case 1:
      ioAPICs.append(
        IOAPIC(
          address: UInt64(entry.loadLittle(UInt32.self, at: 4)),
          firstInterrupt: entry.loadLittle(at: 8)))
    case 2:
      // Polarity and trigger mode: 01 high or edge, 11 low or level, 00 as the bus has it, and
      // ISA's lines are active high and triggered by edge.
      let flags = entry.loadLittle(UInt16.self, at: 8)
      overrides.append(
        Override(
          source: entry.load(at: 3), interrupt: entry.loadLittle(at: 4),
          isActiveLow: flags & 3 == 3, isLevelTriggered: flags >> 2 & 3 == 3))
    case 5: localAPICAddress = entry.loadLittle(at: 4)
    case 9 where entry.loadLittle(UInt32.self, at: 8) & 1 != 0:
      processors.append(entry.loadLittle(at: 4))
    default: break
    }
  }

  /// The bytes that an entry of a type must have; unknown types are passed over.
  private static func length(of type: UInt8) -> Int {
    switch type {
    case 0: 8
    case 1, 5: 12
    case 2: 10
    case 9: 16
    default: 2
    }
  }
}
