import CPlatform
import MartletDrivers

/// A device's registers behind I/O ports.
struct PortRegisters: DeviceRegisters, Sendable {
  let first: UInt16

  func read8(_ offset: Int) -> UInt8 { port_read8(port(offset)) }
  func read16(_ offset: Int) -> UInt16 { port_read16(port(offset)) }
  func read32(_ offset: Int) -> UInt32 { port_read32(port(offset)) }
  func write8(_ value: UInt8, at offset: Int) { port_write8(port(offset), value) }
  func write16(_ value: UInt16, at offset: Int) { port_write16(port(offset), value) }
  func write32(_ value: UInt32, at offset: Int) { port_write32(port(offset), value) }

  private func port(_ offset: Int) -> UInt16 { first &+ UInt16(truncatingIfNeeded: offset) }
}
