/// Memory that travels with a command to the softIRQ and comes back with its completion.
///
/// One side has it at a time: whoever sent it away cannot reach it any more.
@safe
struct SocketBuffer: ~Copyable, @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  let capacity: Int
  /// The bytes in use, from the start.
  var count = 0

  init(capacity: Int) {
    unsafe base = .allocate(byteCount: capacity, alignment: 16)
    self.capacity = capacity
  }

  deinit { unsafe base.deallocate() }

  /// The bytes in use.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      let span = unsafe RawSpan(_unsafeStart: base, byteCount: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// All of the memory.
  var space: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      let span = unsafe MutableRawSpan(_unsafeStart: base, byteCount: capacity)
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }

  /// Fills the memory with `bytes`, as far as they fit, and returns how many did.
  mutating func fill(_ bytes: RawSpan) -> Int {
    count = min(bytes.byteCount, capacity)
    let source = bytes.extracting(0..<count)
    unsafe source.withUnsafeBytes { source in
      if let start = source.baseAddress { unsafe base.copyMemory(from: start, byteCount: count) }
    }
    return count
  }
}
