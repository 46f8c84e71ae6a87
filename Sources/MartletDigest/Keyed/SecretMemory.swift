// This file says `unsafe`: it hands out a pointer to its own words for the length of a call.

internal import CMartletDigest
internal import Synchronization

/// `count` words of memory that are wiped where they lie when their owner goes.
///
/// A noncopyable value may still be copied bit by bit on its way through registers, and what
/// remains of it in dead stack slots is out of reach. Atomics never leave their place while they
/// are borrowed: the words are filled in place, used in place and wiped in place.
struct SecretMemory<let count: Int>: ~Copyable, Sendable {
  private let words: InlineArray<count, Atomic<UInt64>>

  /// Zeroed memory.
  init() {
    words = InlineArray { _ in Atomic(0) }
  }

  /// Calls `body` with the memory, `8 * count` bytes.
  @unsafe borrowing func withMemory<Result>(_ body: (UnsafeMutableRawPointer) -> Result) -> Result {
    unsafe withUnsafePointer(to: words) {
      unsafe body(UnsafeMutableRawPointer(mutating: UnsafeRawPointer($0)))
    }
  }

  deinit {
    unsafe withUnsafePointer(to: words) {
      unsafe martlet_wipe(UnsafeMutableRawPointer(mutating: UnsafeRawPointer($0)), 8 * count)
    }
  }
}
