// Says `unsafe`: where getsockopt writes, a C program's memory.

internal import Glibc

/// Where a caller wants an option's value, and how much room there is.
@safe
struct OptionMemory {
  private let value: UnsafeMutableRawPointer?
  private let length: UnsafeMutablePointer<socklen_t>
  /// The room in bytes.
  let count: Int

  /// Takes a caller's two pointers. Throws `EFAULT`, or `EINVAL` for a negative length.
  init(
    _ value: UnsafeMutableRawPointer?, _ length: UnsafeMutablePointer<socklen_t>?
  ) throws(SocketError) {
    guard let length = unsafe length,
      unsafe MemoryRange.isPossible(UnsafeRawPointer(length), count: 4)
    else { throw SocketError(EFAULT) }
    let room = unsafe UnsafeRawPointer(length).loadUnaligned(as: Int32.self)
    guard room >= 0 else { throw SocketError(EINVAL) }
    unsafe (self.value, self.length) = (value, length)
    count = Int(room)
  }

  /// Writes as many of the bytes as there is room for, and how many that were.
  func store(_ bytes: [UInt8]) throws(SocketError) {
    let shown = min(count, bytes.count)
    try unsafe WritableMemory(value, count: shown).copy(bytes)
    unsafe UnsafeMutableRawPointer(length).storeBytes(
      of: UInt32(truncatingIfNeeded: shown), as: UInt32.self)
  }
}
