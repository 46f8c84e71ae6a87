public import Synchronization

/// An index that shares its cache lines with nothing else.
///
/// 128 bytes on each side: the adjacent-line prefetcher of x86 fetches lines in pairs, and Apple's
/// cores have lines of 128 bytes.
@usableFromInline
struct IsolatedIndex: ~Copyable {
  @usableFromInline let before = InlineArray<16, UInt64>(repeating: 0)
  @usableFromInline let value = Atomic<UInt>(0)
  @usableFromInline let after = InlineArray<15, UInt64>(repeating: 0)

  @inlinable
  init() {}
}
