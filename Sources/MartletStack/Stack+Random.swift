extension Stack {
  /// 64 bits of the stack's own generator, which nobody outside can guess: identifiers and jitter of
  /// the protocols above it come from here, too.
  public mutating func randomBits() -> UInt64 { random.next() }
}
