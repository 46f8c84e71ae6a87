// This file says `unsafe`: it copies fewer than 64 bytes, which its caller vouches for, into its
// own 128.

/// The end of a message: what does not fill a block, and the padding (FIPS 180-4, 5.1.1).
struct SHA256Tail: BitwiseCopyable {
  private var storage = InlineArray<16, UInt64>(repeating: 0)
  private(set) var blocks = 1

  /// Makes a fresh tail the end of a message of `byteCount` bytes whose last `count`, 0 to 63, are at `bytes`.
  @unsafe mutating func fill(from bytes: UnsafeRawPointer?, count: Int, of byteCount: UInt64) {
    precondition(count >= 0 && count < 64)
    unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      let raw = UnsafeMutableRawPointer(pointer)
      if let bytes = unsafe bytes, count > 0 {
        unsafe raw.copyMemory(from: bytes, byteCount: count)
      }
      unsafe raw.storeBytes(of: 0x80, toByteOffset: count, as: UInt8.self)
    }
    // The padding needs a byte and eight of length.
    blocks = count < 56 ? 1 : 2
    storage[8 * blocks - 1] = (byteCount << 3).bigEndian
  }

  /// Calls `body` with the start of the blocks and their number, 1 or 2.
  @unsafe func withBlocks(_ body: (UnsafeRawPointer, Int) -> Void) {
    unsafe withUnsafePointer(to: storage) { unsafe body(UnsafeRawPointer($0), blocks) }
  }
}
