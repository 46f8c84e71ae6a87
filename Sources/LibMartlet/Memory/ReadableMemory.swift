// Says `unsafe`: a C program's memory, of which only its word is known.

internal import Glibc

/// Bytes of a caller's that a call reads.
@safe
struct ReadableMemory {
  private let start: UnsafeRawPointer?
  /// How many there are.
  let count: Int

  /// Takes a caller's word for it, as far as one can.
  ///
  /// Throws `EFAULT` for what can be no memory: null with a length, the first page, what reaches
  /// beyond a process's half of the address space. Of a length above a mebibyte the bytes are counted
  /// that are there.
  init(_ pointer: UnsafeRawPointer?, count: Int) throws(SocketError) {
    guard count > 0 else {
      guard count == 0 else { throw SocketError(EFAULT) }
      unsafe start = nil
      self.count = 0
      return
    }
    guard let pointer = unsafe pointer, unsafe MemoryRange.isPossible(pointer, count: count) else {
      throw SocketError(EFAULT)
    }
    let readable = unsafe MemoryRange.mappedCount(pointer, upTo: count)
    guard readable > 0 else { throw SocketError(EFAULT) }
    unsafe start = pointer
    self.count = readable
  }

  /// Shows the bytes from `offset` on.
  func withBytes<Result, Failure: Error>(
    from offset: Int, _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let start = unsafe start, offset < count else { return try body(RawSpan()) }
    return try body(unsafe RawSpan(_unsafeStart: start + offset, byteCount: count - offset))
  }

  /// A number at `offset`, which need not be aligned; `nil` beyond the end.
  func load<Number: FixedWidthInteger & BitwiseCopyable>(
    _: Number.Type = Number.self, at offset: Int = 0
  ) -> Number? {
    guard let start = unsafe start, count - offset >= MemoryLayout<Number>.size else { return nil }
    return unsafe (start + offset).loadUnaligned(as: Number.self)
  }

  /// Text that ends with the bytes or at a zero byte.
  var text: String {
    guard let start = unsafe start else { return "" }
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
    return unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
