import CPlatform

/// An I/O APIC: it turns interrupt lines into vectors (Intel 82093AA datasheet).
struct IOAPIC {
  private let base: UInt
  /// The first global interrupt that it takes, and how many.
  let firstInterrupt: UInt32
  let count: UInt32

  /// Takes over the controller at `base`, all lines masked. They count as levels, so that a device
  /// that asks before its line is routed is not forgotten: an edge on a masked line would be.
  init(base: UInt, firstInterrupt: UInt32) {
    self.base = base
    self.firstInterrupt = firstInterrupt
    mmio_write32(base, 1)
    count = (mmio_read32(base + 0x10) >> 16 & 0xFF) + 1
    for pin in 0..<count { write(pin, 1 << 16 | 1 << 15, destination: 0) }
  }

  /// Sends a global interrupt to one processor as `vector`.
  func route(
    _ interrupt: UInt32, to vector: UInt32, processor: UInt32, isActiveLow: Bool,
    isLevelTriggered: Bool
  ) {
    let mode: UInt32 = (isActiveLow ? 1 << 13 : 0) | (isLevelTriggered ? 1 << 15 : 0)
    write(interrupt - firstInterrupt, vector | mode, destination: processor)
  }

  /// Masks a global interrupt.
  func mask(_ interrupt: UInt32) { write(interrupt - firstInterrupt, 1 << 16, destination: 0) }

  func handles(_ interrupt: UInt32) -> Bool {
    interrupt >= firstInterrupt && interrupt - firstInterrupt < count
  }

  private func write(_ pin: UInt32, _ low: UInt32, destination: UInt32) {
    // Masked while its halves do not belong together.
    writeRegister(0x10 + 2 * pin, 1 << 16)
    writeRegister(0x11 + 2 * pin, destination << 24)
    writeRegister(0x10 + 2 * pin, low)
  }

  private func writeRegister(_ index: UInt32, _ value: UInt32) {
    mmio_write32(base, index)
    mmio_write32(base + 0x10, value)
  }
}
