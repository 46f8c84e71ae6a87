// Says `unsafe`: a C program's memory, of which only its word is known.

internal import Glibc

/// Bytes of a caller's that a call writes.
@safe
struct WritableMemory {
  private let start: UnsafeMutableRawPointer?
  /// How many there are.
  let count: Int

  /// Takes a caller's word for it. Throws `EFAULT` for what can be no memory.
  init(_ pointer: UnsafeMutableRawPointer?, count: Int) throws(SocketError) {
    let count = count < 0 ? Int.max : count
    guard count > 0 else {
      unsafe start = nil
      self.count = 0
      return
    }
    // As Linux: a length beyond what one call may move is cut, and what is not written is not looked at.
    guard let pointer = unsafe pointer,
      unsafe MemoryRange.isPossible(UnsafeRawPointer(pointer), count: 1)
    else { throw SocketError(EFAULT) }
    unsafe start = pointer
    self.count = min(count, 0x7FFF_F000)
  }

  /// Lends up to `limit` bytes from `offset` on.
  func withBytes<Result, Failure: Error>(
    from offset: Int, upTo limit: Int = .max,
    _ body: (inout MutableRawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let start = unsafe start, offset < count else {
      var empty = MutableRawSpan()
      return try body(&empty)
    }
    var span = unsafe MutableRawSpan(
      _unsafeStart: start + offset, byteCount: min(limit, count - offset))
    return try body(&span)
  }

  /// Copies `bytes` to the start, as many as fit.
  func copy(_ bytes: RawSpan) {
    guard let start = unsafe start else { return }
    unsafe bytes.withUnsafeBytes { source in
      guard let first = source.baseAddress else { return }
      unsafe start.copyMemory(from: first, byteCount: min(count, source.count))
    }
  }

  /// Stores a number at the start, which need not be aligned.
  func store(_ number: Int32) {
    guard let start = unsafe start, count >= 4 else { return }
    unsafe start.storeBytes(of: number, as: Int32.self)
  }

  /// Copies numbers or text to the start, as many bytes as fit.
  func copy(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { source in
      guard let start = unsafe start, let first = source.baseAddress else { return }
      unsafe start.copyMemory(from: first, byteCount: min(count, source.count))
    }
  }
}
