/// A function's table of interrupts that it sends as messages: MSI-X (PCI Local Bus 3.0, 6.8.2).
///
/// A message is a write of four bytes to an address, which the processor's interrupt controller
/// takes for a vector. It needs no line, is shared with nobody, and is never there without cause.
public struct PCIMessageTable: Equatable, Sendable {
  /// How many interrupts the function can tell apart, 1 to 2,048.
  public let entryCount: Int
  /// The base address register in whose region the table lies, 0 to 5.
  public let region: Int
  /// Where in the region it begins, in bytes.
  public let offset: UInt64
  private let capability: Int

  /// Bytes of the table.
  public var byteCount: Int { 16 * entryCount }

  /// Reads the capability; `nil` for a function without one, or whose table can lie nowhere.
  public init?(of function: PCIFunction, in configuration: some PCIConfiguration) {
    guard let capability = function.capabilities(17, in: configuration).first, capability <= 244
    else { return nil }
    let head = configuration.read(function.address, capability)
    let place = configuration.read(function.address, capability + 4)
    guard place & 7 < 6 else { return nil }
    self.capability = capability
    entryCount = Int(head >> 16 & 0x7FF) + 1
    region = Int(place & 7)
    offset = UInt64(place & ~7)
  }

  /// Makes the function send messages and leave its line alone. Each entry stays masked until it
  /// is set.
  public func enable(_ function: PCIFunction, in configuration: some PCIConfiguration) {
    setControl(1 << 15, function, in: configuration)
  }

  /// Makes the function use its line again.
  public func disable(_ function: PCIFunction, in configuration: some PCIConfiguration) {
    setControl(0, function, in: configuration)
  }

  private func setControl(
    _ control: UInt32, _ function: PCIFunction, in configuration: some PCIConfiguration
  ) {
    // Bit 15 is the switch, bit 14 the mask over all entries.
    let head = configuration.read(function.address, capability) & 0x3FFF_FFFF
    configuration.write(head | control << 16, function.address, capability)
  }

  /// Sets what entry 0 sends, and unmasks it. `registers` is the table.
  public func setFirst(
    address: UInt64, data: UInt32, in registers: some DeviceRegisters
  ) {
    registers.write32(1, at: 12)
    registers.write32(UInt32(truncatingIfNeeded: address), at: 0)
    registers.write32(UInt32(truncatingIfNeeded: address >> 32), at: 4)
    registers.write32(data, at: 8)
    registers.write32(0, at: 12)
  }
}
