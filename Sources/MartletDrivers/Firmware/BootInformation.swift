import MartletWire

/// What the loader says of the machine: where the command line, the memory map and the ACPI root
/// pointer lie.
///
/// It keeps addresses, not copies: the kernel has no heap yet when it reads this.
public struct BootInformation: Equatable, Sendable {
  /// Who started the kernel.
  public let loader: Loader
  /// Where the command line lies, and its length without the byte that ends it.
  private var textAddress: UInt64 = 0
  private var textLength = 0
  /// Where the ACPI root pointer lies, if the loader knows.
  public private(set) var rootPointer: UInt64?
  /// How many regions the memory map has.
  public private(set) var regionCount = 0
  private var regionAddress: UInt64 = 0
  private var regionStride = 24

  /// The two boot protocols.
  public enum Loader: UInt8, Sendable {
    /// Xen's PVH, which QEMU's `-kernel` speaks.
    case pvh
    /// Multiboot 2, which GRUB speaks.
    case multiboot2
  }

  /// Reads the loader's information at `address`; `magic` is what the loader left in EAX.
  public init(
    magic: UInt32, address: UInt64, in memory: borrowing some PhysicalMemory & ~Copyable
  ) throws(FirmwareError) {
    if magic == 0x36D7_6289 {
      loader = .multiboot2
      try readMultiboot2(at: address, in: memory)
    } else if let start = memory.bytes(at: address, count: 4),
      start.loadLittle(UInt32.self, at: 0) == 0x336E_C578
    {
      loader = .pvh
      try readPVH(at: address, in: memory)
    } else {
      throw .unknownLoader(magic: magic)
    }
  }

  /// The command line, copied; empty where the loader gave none.
  public func commandLine(in memory: borrowing some PhysicalMemory & ~Copyable) -> CommandLine {
    guard let text = memory.bytes(at: textAddress, count: textLength) else { return CommandLine() }
    return CommandLine(text)
  }

  /// Region `index` of the memory map, or `nil` behind the last.
  public func region(
    at index: Int, in memory: borrowing some PhysicalMemory & ~Copyable
  ) -> MemoryRegion? {
    guard index >= 0, index < regionCount else { return nil }
    let address = regionAddress &+ UInt64(index * regionStride)
    guard let entry = memory.bytes(at: address, count: 24) else { return nil }
    return MemoryRegion(
      start: entry.loadLittle(at: 0), byteCount: entry.loadLittle(at: 8),
      kind: MemoryRegion.Kind(rawValue: entry.loadLittle(at: 16)))
  }

  /// `hvm_start_info` of Xen's public headers; the memory map came with version 1.
  private mutating func readPVH(
    at address: UInt64, in memory: borrowing some PhysicalMemory & ~Copyable
  ) throws(FirmwareError) {
    guard let info = memory.bytes(at: address, count: 56) else {
      throw .unreadable(address: address, count: 56)
    }
    guard info.loadLittle(UInt32.self, at: 4) >= 1 else { throw .missing }
    let text = info.loadLittle(UInt64.self, at: 24)
    if text != 0 { setText(at: text, limit: 4096, in: memory) }
    let root = info.loadLittle(UInt64.self, at: 32)
    rootPointer = root == 0 ? nil : root
    regionAddress = info.loadLittle(at: 40)
    try setRegionCount(Int(info.loadLittle(UInt32.self, at: 48)), in: memory)
  }

  /// The tags of the Multiboot 2 specification, section 3.6: command line 1, memory map 6, and the
  /// ACPI root pointer of revision 1 (14) or later (15), which wins.
  private mutating func readMultiboot2(
    at address: UInt64, in memory: borrowing some PhysicalMemory & ~Copyable
  ) throws(FirmwareError) {
    guard let head = memory.bytes(at: address, count: 8) else {
      throw .unreadable(address: address, count: 8)
    }
    let total = Int(head.loadLittle(UInt32.self, at: 0))
    guard let info = memory.bytes(at: address, count: total) else {
      throw .unreadable(address: address, count: total)
    }
    var offset = 8
    while offset + 8 <= total {
      let tag = address &+ UInt64(offset)
      let type = info.loadLittle(UInt32.self, at: offset)
      let length = Int(info.loadLittle(UInt32.self, at: offset + 4))
      guard length >= 8, length <= total - offset else {
        throw .badLength(address: tag, length: length)
      }
      switch type {
      case 0: return
      case 1: setText(at: tag &+ 8, limit: length - 8, in: memory)
      case 6:
        guard length >= 16 else { throw .badLength(address: tag, length: length) }
        regionStride = Int(info.loadLittle(UInt32.self, at: offset + 8))
        guard regionStride >= 24 else { throw .badLength(address: tag, length: regionStride) }
        regionAddress = tag &+ 16
        try setRegionCount((length - 16) / regionStride, in: memory)
      case 14 where rootPointer == nil: rootPointer = tag &+ 8
      case 15: rootPointer = tag &+ 8
      default: break
      }
      offset += (length + 7) & ~7
    }
  }

  private mutating func setRegionCount(
    _ count: Int, in memory: borrowing some PhysicalMemory & ~Copyable
  ) throws(FirmwareError) {
    // A map of more regions than this is no map: real ones have 5 to 50.
    guard count <= 1024 else { throw .badLength(address: regionAddress, length: count) }
    guard memory.bytes(at: regionAddress, count: count * regionStride) != nil else {
      throw .unreadable(address: regionAddress, count: count * regionStride)
    }
    regionCount = count
  }

  /// Keeps where a text lies; it ends before a zero, at `limit`, or where memory does.
  private mutating func setText(
    at address: UInt64, limit: Int, in memory: borrowing some PhysicalMemory & ~Copyable
  ) {
    textAddress = address
    textLength = 0
    while textLength < limit,
      let byte = memory.bytes(at: address &+ UInt64(textLength), count: 1),
      byte.load(UInt8.self, at: 0) != 0
    {
      textLength += 1
    }
  }
}
