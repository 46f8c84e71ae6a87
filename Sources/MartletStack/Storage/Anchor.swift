internal import Synchronization

/// Keeps the value that holds it in one place in memory.
///
/// Swift lends a struct of plain fields by copying it whole to the callee's frame, whatever its
/// size: with the stack (2 KB) and its connections (half a KB) that was a third of all instructions
/// on the packet path. A value with an atomic in it has an address that matters, so that it is lent
/// by its address. The atomic itself is never used.
struct Anchor: ~Copyable {
  private let place = Atomic<UInt8>(0)
}
