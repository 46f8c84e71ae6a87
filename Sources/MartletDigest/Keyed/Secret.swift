// This file says `unsafe`: it hands out a pointer to its own memory for the length of a call.

internal import CMartletDigest

/// Memory for a value that is wiped where it lies when its owner goes.
///
/// A value of Swift has no place of its own: its `deinit` gets a copy, and wiping that leaves the
/// original in dead memory. A type with a raw layout does have one (`Atomic` and `Mutex` are made
/// so): it is filled in place, used in place and wiped in place. What remains is what a *move*
/// leaves behind, so keys are made where they stay. `WipingTests` look at the memory afterwards.
@_rawLayout(like: Value)
@usableFromInline @safe struct Secret<Value: BitwiseCopyable>: ~Copyable {
  init(_ value: Value) {
    unsafe withMemory { memory in unsafe memory.initialize(to: value) }
  }

  /// Calls `body` with the memory.
  @unsafe borrowing func withMemory<Result: ~Copyable>(
    _ body: (UnsafeMutablePointer<Value>) -> Result
  ) -> Result {
    unsafe withUnsafePointer(to: self) {
      let memory = unsafe UnsafeMutableRawPointer(mutating: UnsafeRawPointer($0))
      return unsafe body(memory.assumingMemoryBound(to: Value.self))
    }
  }

  // Inlinable, so that Embedded Swift lets another module own a key.
  @inlinable deinit {
    unsafe withUnsafePointer(to: self) {
      unsafe wipe(
        UnsafeMutableRawPointer(mutating: UnsafeRawPointer($0)), MemoryLayout<Value>.size)
    }
  }
}

/// Overwrites memory in a way that is not optimised away.
@usableFromInline @unsafe func wipe(_ memory: UnsafeMutableRawPointer, _ count: Int) {
  unsafe martlet_wipe(memory, count)
}

/// Only its owner, which is noncopyable itself, reaches it.
extension Secret: @unchecked Sendable where Value: Sendable {}
