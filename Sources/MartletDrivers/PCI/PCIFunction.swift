/// A function on the PCI bus, as its configuration header describes it.
public struct PCIFunction: Equatable, Sendable {
  /// Where it sits.
  public let address: PCIAddress
  /// The first configuration word: the vendor below, the device above.
  public let identifier: UInt32
  /// Class, subclass and programming interface, the class uppermost (24 bits).
  public let classCode: UInt32
  /// The interrupt line that the firmware routed it to; 255 for none.
  public let interruptLine: UInt8
  private let headerType: UInt8

  /// Reads the header; `nil` where there is no function.
  public init?(at address: PCIAddress, in configuration: some PCIConfiguration) {
    let identifier = configuration.read(address, 0)
    guard identifier & 0xFFFF != 0xFFFF, identifier != 0 else { return nil }
    self.address = address
    self.identifier = identifier
    self.classCode = configuration.read(address, 8) >> 8
    self.headerType = UInt8(truncatingIfNeeded: configuration.read(address, 12) >> 16)
    // Byte 0 is the line, byte 1 the pin; a function without a pin has no line.
    let interrupt = configuration.read(address, 60)
    self.interruptLine = interrupt & 0xFF00 == 0 ? 255 : UInt8(truncatingIfNeeded: interrupt)
  }

  /// Whether the device may have further functions.
  var hasSiblings: Bool { headerType & 0x80 != 0 }

  /// The bus that a PCI-to-PCI bridge leads to; `nil` for any other function.
  func secondaryBus(in configuration: some PCIConfiguration) -> UInt8? {
    guard headerType & 0x7F == 1 else { return nil }
    let bus = UInt8(truncatingIfNeeded: configuration.read(address, 24) >> 8)
    return bus == 0 ? nil : bus
  }

  /// What a base address register points to.
  public enum Region: Equatable, Sendable {
    /// I/O ports.
    case ports(first: UInt16, count: Int)
    /// Memory.
    case memory(address: UInt64, byteCount: UInt64)
  }

  /// Base address register `index`, 0 to 5; `nil` where it is not there or not set.
  ///
  /// Its size is found by writing ones, with decoding off meanwhile.
  public func region(_ index: Int, in configuration: some PCIConfiguration) -> Region? {
    guard headerType & 0x7F == 0, index >= 0, index < 6 else { return nil }
    let offset = 16 + 4 * index
    let low = configuration.read(address, offset)
    let isPorts = low & 1 != 0
    let isWide = !isPorts && low & 6 == 4
    guard !isWide || index < 5 else { return nil }

    let command = configuration.read(address, 4) & 0xFFFF
    configuration.write(command & ~3, address, 4)
    defer { configuration.write(command, address, 4) }
    let lowMask = probe(offset, low, in: configuration)
    if isPorts {
      let count = Int(~(lowMask & 0xFFFC) & 0xFFFF) + 1
      let first = UInt16(truncatingIfNeeded: low & 0xFFFC)
      guard first != 0, lowMask & 0xFFFC != 0 else { return nil }
      return .ports(first: first, count: count)
    }
    var base = UInt64(low & ~15)
    var mask = UInt64(lowMask & ~15) | 0xFFFF_FFFF_0000_0000
    if isWide {
      let high = configuration.read(address, offset + 4)
      base |= UInt64(high) << 32
      let highMask = probe(offset + 4, high, in: configuration)
      mask = UInt64(lowMask & ~15) | UInt64(highMask) << 32
    }
    let byteCount = ~mask &+ 1
    guard base != 0, lowMask & ~15 != 0 || isWide, byteCount != 0,
      base <= .max - byteCount
    else { return nil }
    return .memory(address: base, byteCount: byteCount)
  }

  private func probe(
    _ offset: Int, _ value: UInt32, in configuration: some PCIConfiguration
  ) -> UInt32 {
    configuration.write(.max, address, offset)
    defer { configuration.write(value, address, offset) }
    return configuration.read(address, offset)
  }

  /// Lets the function answer to its addresses and reach memory by itself.
  public func enable(in configuration: some PCIConfiguration) {
    let command = configuration.read(address, 4) & 0xFFFF
    // Ports, memory, bus mastering; the pin's interrupt not disabled.
    configuration.write((command | 7) & ~(1 << 10), address, 4)
  }

  /// The offsets of the capabilities with this number, in the order of the list.
  ///
  /// The list is as long as the 192 bytes it lies in allow; one that runs in a circle ends there.
  public func capabilities(_ wanted: UInt8, in configuration: some PCIConfiguration) -> [Int] {
    var found: [Int] = []
    guard configuration.read(address, 4) & 1 << 20 != 0 else { return found }
    var offset = Int(configuration.read(address, 52) & 0xFC)
    for _ in 0..<48 where offset >= 64 {
      let head = configuration.read(address, offset)
      if head & 0xFF == UInt32(wanted) { found.append(offset) }
      offset = Int(head >> 8 & 0xFC)
    }
    return found
  }
}
