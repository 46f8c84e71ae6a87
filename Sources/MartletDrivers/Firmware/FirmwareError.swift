/// Why a table of the loader or the firmware cannot be used.
public enum FirmwareError: Error, Equatable, Sendable {
  /// Neither a PVH nor a multiboot2 loader started the kernel.
  case unknownLoader(magic: UInt32)
  /// A table points outside the memory that can be read.
  case unreadable(address: UInt64, count: Int)
  /// The bytes at the address are not the table they should be.
  case badSignature(address: UInt64)
  /// The bytes of the table do not add up to zero.
  case badChecksum(address: UInt64)
  /// A table or an entry in it gives a length that cannot be.
  case badLength(address: UInt64, length: Int)
  /// There is no such table.
  case missing
}
