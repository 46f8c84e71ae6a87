// Says `unsafe`: it asks the kernel about addresses.

internal import Glibc

/// What can be said of a range of addresses without touching it.
enum MemoryRange {
  /// A process's memory ends below this on 64-bit Linux, and nothing lies in its first page.
  private static let limit = 1 << 47
  private static let pageSize = 4096
  /// Shorter ones are taken as they are.
  private static let trusted = 1 << 20
  /// No call moves more than this at once.
  private static let longest = 16 << 20

  /// Whether it could be a process's memory.
  static func isPossible(_ pointer: UnsafeRawPointer, count: Int) -> Bool {
    let address = Int(bitPattern: pointer)
    return address >= pageSize && address < limit && count >= 0 && count <= limit - address
  }

  /// How many of the first `count` bytes are there, at most what one call moves.
  ///
  /// A program that passes -1 or another nonsense as a length is so told what Linux tells it.
  static func mappedCount(_ pointer: UnsafeRawPointer, upTo count: Int) -> Int {
    guard count > trusted else { return count }
    let count = min(count, longest)
    let address = Int(bitPattern: pointer)
    var residence: [UInt8] = [0]
    var page = address & ~(pageSize - 1)
    while page < address + count {
      guard let start = unsafe UnsafeMutableRawPointer(bitPattern: page),
        unsafe mincore(start, pageSize, &residence) == 0
      else { break }
      page += pageSize
    }
    return max(0, min(count, page - address))
  }
}
