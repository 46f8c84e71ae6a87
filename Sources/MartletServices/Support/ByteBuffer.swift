// The only file of this module that says `unsafe`: it owns the memory of buffers, and sees the bytes
// of arrays as such.

/// Bytes allocated once, in which messages are built and received.
@safe
struct ByteBuffer: ~Copyable {
  private let start: UnsafeMutableRawPointer
  /// The number of bytes.
  let count: Int

  /// Allocates `count` zeroed bytes.
  init(count: Int) {
    self.count = count
    unsafe start = .allocate(byteCount: max(count, 1), alignment: 8)
    unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: count)
  }

  deinit { unsafe start.deallocate() }

  /// All bytes, to read.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = unsafe RawSpan(_unsafeStart: start, byteCount: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// All bytes, to write.
  var mutableBytes: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      let span = unsafe MutableRawSpan(_unsafeStart: start, byteCount: count)
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }
}

extension [UInt8] {
  /// The elements as bytes.
  var rawBytes: RawSpan {
    @_lifetime(borrow self)
    get { unsafe span.bytes }
  }
}
