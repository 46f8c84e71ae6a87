/// A block of a device's registers, behind I/O ports or in memory.
///
/// An offset counts bytes from the block's start and is a multiple of the access's width. A driver
/// that was given a block touches nothing else, and a test gives it a model of the device.
public protocol DeviceRegisters {
  /// Reads one byte.
  func read8(_ offset: Int) -> UInt8
  /// Reads two bytes, little-endian.
  func read16(_ offset: Int) -> UInt16
  /// Reads four bytes, little-endian.
  func read32(_ offset: Int) -> UInt32
  /// Writes one byte.
  func write8(_ value: UInt8, at offset: Int)
  /// Writes two bytes, little-endian.
  func write16(_ value: UInt16, at offset: Int)
  /// Writes four bytes, little-endian.
  func write32(_ value: UInt32, at offset: Int)
}
