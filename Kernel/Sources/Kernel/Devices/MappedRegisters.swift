import CPlatform
import MartletDrivers

/// A device's registers in memory that the page tables map uncached.
struct MappedRegisters: DeviceRegisters, Sendable {
  let base: UInt

  func read8(_ offset: Int) -> UInt8 { mmio_read8(base + UInt(offset)) }
  func read16(_ offset: Int) -> UInt16 { mmio_read16(base + UInt(offset)) }
  func read32(_ offset: Int) -> UInt32 { mmio_read32(base + UInt(offset)) }
  func write8(_ value: UInt8, at offset: Int) { mmio_write8(base + UInt(offset), value) }
  func write16(_ value: UInt16, at offset: Int) { mmio_write16(base + UInt(offset), value) }
  func write32(_ value: UInt32, at offset: Int) { mmio_write32(base + UInt(offset), value) }
}
