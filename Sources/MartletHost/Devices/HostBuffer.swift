// Says `unsafe`: it owns the memory that the kernel reads into and writes from.

internal import CMartletHost
internal import Glibc
internal import MartletDevice
internal import MartletWire

/// Bytes at one place for as long as a device lives, and the system calls on them.
///
/// The calls return what the kernel returned, or the negated `errno`.
@safe
package struct HostBuffer: ~Copyable {
  fileprivate let start: UnsafeMutableRawPointer
  package let byteCount: Int

  /// Allocates zeroed memory.
  package init(byteCount: Int) {
    precondition(byteCount > 0, "an empty buffer")
    self.byteCount = byteCount
    unsafe start = .allocate(byteCount: byteCount, alignment: 64)
    unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  deinit { unsafe start.deallocate() }

  /// The bytes in `range`, which must lie inside.
  @_lifetime(borrow self)
  package func bytes(_ range: Range<Int>) -> RawSpan {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "no such bytes")
    let span = unsafe RawSpan(_unsafeStart: start + range.lowerBound, byteCount: range.count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// The bytes in `range`, to be written.
  @_lifetime(&self)
  package mutating func mutableBytes(_ range: Range<Int>) -> MutableRawSpan {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "no such bytes")
    let span = unsafe MutableRawSpan(
      _unsafeStart: start + range.lowerBound, byteCount: range.count)
    return unsafe _overrideLifetime(span, mutating: &self)
  }

  /// Moves the bytes in `range` to the start.
  mutating func moveToStart(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "no such bytes")
    unsafe start.copyMemory(from: start + range.lowerBound, byteCount: range.count)
  }

  /// Copies `bytes` to `offset` on.
  mutating func copy(_ bytes: RawSpan, to offset: Int) {
    precondition(offset >= 0 && bytes.byteCount <= byteCount - offset, "no room")
    unsafe bytes.withUnsafeBytes { source in
      guard let first = source.baseAddress else { return }
      unsafe (start + offset).copyMemory(from: first, byteCount: source.count)
    }
  }

  /// Stores a number in network order at `offset`.
  mutating func store(_ number: UInt32, at offset: Int) {
    var bytes = mutableBytes(offset..<offset + 4)
    bytes.store(number, at: 0)
  }

  /// Writes a header at the start.
  mutating func store(_ header: VirtioNetHeader) {
    var bytes = mutableBytes(0..<VirtioNetHeader.length)
    header.emit(into: &bytes)
  }

  /// Reads from a descriptor into the bytes from `offset` on.
  mutating func read(from descriptor: Int32, at offset: Int = 0) -> Int {
    precondition(offset >= 0 && offset <= byteCount, "no such bytes")
    return result(unsafe Glibc.read(descriptor, start + offset, byteCount - offset))
  }

  /// Receives one datagram; longer than the buffer it counts as its whole length.
  mutating func receive(from descriptor: Int32) -> Int {
    result(unsafe recv(descriptor, start, byteCount, Int32(MSG_TRUNC)))
  }

  /// Sends the bytes in `range` on a socket.
  package func send(_ range: Range<Int>, to descriptor: Int32) -> Int {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "no such bytes")
    return result(
      unsafe Glibc.send(
        descriptor, start + range.lowerBound, range.count, Int32(MSG_NOSIGNAL)))
  }
}

/// What a call returned, or the negated `errno` when that was -1.
func result(_ returned: Int) -> Int { returned >= 0 ? returned : -Int(errno) }

extension TransmitSlots {
  /// Copies the frame in slot `index` to a place in a buffer.
  func copy(_ index: Int, into buffer: inout HostBuffer, at offset: Int) {
    buffer.copy(bytes(at: index), to: offset)
  }

  /// Writes the frame in slot `index` to a descriptor in one call, the bytes of `header` before it.
  func write(_ index: Int, after header: borrowing HostBuffer, to descriptor: Int32) -> Int {
    unsafe withUnsafeBytes(at: index) { frame in
      result(
        unsafe martlet_write_both(
          descriptor, header.start, header.byteCount, frame.baseAddress, frame.count))
    }
  }

  /// Writes the frame in slot `index` to a descriptor.
  func write(_ index: Int, to descriptor: Int32) -> Int {
    unsafe withUnsafeBytes(at: index) { frame in
      result(unsafe Glibc.write(descriptor, frame.baseAddress, frame.count))
    }
  }

  /// Sends the frame in slot `index` on a connected socket, as one datagram.
  func send(_ index: Int, to descriptor: Int32) -> Int {
    unsafe withUnsafeBytes(at: index) { frame in
      result(
        unsafe Glibc.send(
          descriptor, frame.baseAddress, frame.count, Int32(MSG_NOSIGNAL)))
    }
  }
}
