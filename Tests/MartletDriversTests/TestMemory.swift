@testable import MartletDrivers

/// Physical memory of a machine that has only the blocks it was given; a later one hides an earlier.
@safe
final class TestMemory: PhysicalMemory {
  private var blocks: [(address: UInt64, bytes: UnsafeMutableRawBufferPointer)] = unsafe []

  deinit {
    for index in unsafe blocks.indices { unsafe blocks[index].bytes.deallocate() }
  }

  func place(_ bytes: [UInt8], at address: UInt64) {
    let block = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(bytes.count, 1), alignment: 16)
    unsafe block.copyBytes(from: bytes)
    unsafe blocks.append((address, .init(rebasing: block[..<bytes.count])))
  }

  @_lifetime(borrow self)
  func bytes(at address: UInt64, count: Int) -> RawSpan? {
    for index in unsafe blocks.indices.reversed() {
      let (start, bytes) = unsafe blocks[index]
      guard count >= 0, address >= start, address - start <= UInt64(bytes.count) else { continue }
      let offset = Int(address - start)
      guard count <= bytes.count - offset, let base = bytes.baseAddress else { continue }
      let span = unsafe RawSpan(_unsafeStart: base + offset, byteCount: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
    return nil
  }
}

/// The little-endian bytes of an integer, `count` of them.
func little(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
}

/// `bytes` with the byte at `position` set so that all add up to zero.
func summed(_ bytes: [UInt8], at position: Int) -> [UInt8] {
  var bytes = bytes
  bytes[position] = 0
  bytes[position] = 0 &- bytes.reduce(0, &+)
  return bytes
}
