/// Memory as the firmware's tables name it: by physical address.
///
/// The kernel answers from its identity map, a test from a few arrays.
public protocol PhysicalMemory: ~Copyable {
  /// The `count` bytes from `address` on, or `nil` where not all of them can be read.
  @_lifetime(borrow self)
  func bytes(at address: UInt64, count: Int) -> RawSpan?
}
