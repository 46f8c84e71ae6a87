// This file says `unsafe`: it gives the compression function pointers to its own state and to the
// caller's bytes, whose length it has from the same span or buffer.

/// SHA-256 (FIPS 180-4), whole or in pieces.
///
/// ```swift
/// var hash = SHA256()
/// hash.update(data: header)
/// hash.update(data: body)
/// print(hash.finalize().hex)
/// ```
///
/// A value without references: a copy continues on its own, and nothing is allocated. The fastest
/// way of the processor is chosen at run time. Messages may be 2⁶¹ − 1 bytes long. A state is not
/// wiped when it goes; for keys there are ``HMACKey`` and ``HMAC``, which are.
public struct SHA256: Sendable, BitwiseCopyable {
  /// What ``finalize()`` gives.
  public typealias Digest = SHA256Digest

  /// The number of bytes of a digest: 32.
  public static var byteCount: Int { 32 }
  /// The number of bytes that are hashed together: 64.
  public static var blockByteCount: Int { 64 }

  var state: SHA256State
  /// The number of bytes so far; those of the last, unfinished block are in `buffer`.
  var byteCount: UInt64 = 0
  var buffer = InlineArray<8, UInt64>(repeating: 0)
  let path: SHA256Path

  /// Starts a hash.
  public init() {
    self.init(on: .best)
  }

  /// Starts a hash on a given path, which this processor must have.
  @_spi(Testing) public init(on path: SHA256Path) {
    state = .initial
    self.path = path
  }

  /// Goes on from a state after a whole number of blocks.
  init(after state: SHA256State, byteCount: UInt64, on path: SHA256Path) {
    self.state = state
    self.byteCount = byteCount
    self.path = path
  }

  /// How many bytes wait in the buffer.
  var bufferedCount: Int { Int(truncatingIfNeeded: byteCount & 63) }

  // MARK: In pieces

  /// Adds bytes.
  public mutating func update(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe update(bufferPointer: $0) }
  }

  /// Adds bytes.
  @inlinable
  public mutating func update(data: some Collection<UInt8>) {
    let isDone: Void? = data.withContiguousStorageIfAvailable {
      unsafe update(bufferPointer: UnsafeRawBufferPointer($0))
    }
    if isDone == nil { updateInPieces(data) }
  }

  /// Adds bytes.
  public mutating func update(bufferPointer bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    var rest = unsafe start
    var count = bytes.count
    let buffered = bufferedCount
    byteCount &+= UInt64(truncatingIfNeeded: count)

    if buffered > 0 {
      let taken = min(64 - buffered, count)
      unsafe withBuffer {
        unsafe $0.advanced(by: buffered).copyMemory(from: rest, byteCount: taken)
      }
      guard buffered + taken == 64 else { return }
      unsafe withStateAndBuffer { unsafe Compression.run($0, $1, blocks: 1, on: $2) }
      unsafe rest += taken
      count -= taken
    }
    let blocks = count / 64
    if blocks > 0 {
      unsafe withState { unsafe Compression.run($0, rest, blocks: blocks, on: $1) }
      unsafe rest += 64 * blocks
      count -= 64 * blocks
    }
    guard count > 0 else { return }
    unsafe withBuffer { unsafe $0.copyMemory(from: rest, byteCount: count) }
  }

  /// The digest of the bytes so far. The hash may go on after it.
  public func finalize() -> SHA256Digest {
    var hash = self
    return hash.finish()
  }

  /// The same in place: the state is spent afterwards.
  mutating func finish() -> SHA256Digest {
    let (buffered, total) = (bufferedCount, byteCount)
    var tail = SHA256Tail()
    unsafe withBuffer { unsafe tail.fill(from: $0, count: buffered, of: total) }
    let path = path
    state = unsafe withUnsafePointer(to: &state) {
      unsafe Compression.run(from: $0, nil, blocks: 0, tail: tail, on: path)
    }
    return SHA256Digest(state)
  }

  // MARK: Whole

  /// The digest of bytes.
  public static func hash(_ bytes: RawSpan) -> SHA256Digest {
    unsafe bytes.withUnsafeBytes { unsafe Self.hash(bufferPointer: $0, on: .best) }
  }

  /// The digest of bytes.
  @inlinable
  public static func hash(data: some Collection<UInt8>) -> SHA256Digest {
    let digest = data.withContiguousStorageIfAvailable {
      unsafe Self.hash(bufferPointer: UnsafeRawBufferPointer($0))
    }
    if let digest { return digest }
    var hash = SHA256()
    hash.update(data: data)
    return hash.finalize()
  }

  /// The digest of bytes.
  public static func hash(bufferPointer bytes: UnsafeRawBufferPointer) -> SHA256Digest {
    unsafe hash(bufferPointer: bytes, on: .best)
  }

  /// The digest of bytes on a given path, which this processor must have.
  @_spi(Testing) public static func hash(
    bufferPointer bytes: UnsafeRawBufferPointer, on path: SHA256Path
  ) -> SHA256Digest {
    unsafe hash(bufferPointer: bytes, from: nil, byteCount: 0, on: path)
  }

  /// The digest of bytes behind `byteCount` others, whole blocks whose state is at `start`;
  /// `nil` at the beginning.
  @unsafe static func hash(
    bufferPointer bytes: UnsafeRawBufferPointer, from start: UnsafePointer<SHA256State>?,
    byteCount: UInt64, on path: SHA256Path
  ) -> SHA256Digest {
    let blocks = bytes.count / 64
    var tail = SHA256Tail()
    unsafe tail.fill(
      from: bytes.baseAddress.map { unsafe $0 + 64 * blocks }, count: bytes.count & 63,
      of: byteCount &+ UInt64(truncatingIfNeeded: bytes.count))
    return unsafe SHA256Digest(
      Compression.run(from: start, bytes.baseAddress, blocks: blocks, tail: tail, on: path))
  }

  // MARK: Pointers

  @usableFromInline
  mutating func updateInPieces(_ data: some Collection<UInt8>) {
    var piece = InlineArray<64, UInt8>(repeating: 0)
    var count = 0
    for byte in data {
      piece[count] = byte
      count += 1
      guard count == 64 else { continue }
      update(unsafe piece.span.bytes)
      count = 0
    }
    update(unsafe piece.span.bytes.extracting(first: count))
  }

  @unsafe mutating func withBuffer(_ body: (UnsafeMutableRawPointer) -> Void) {
    unsafe withUnsafeMutablePointer(to: &buffer) { unsafe body(UnsafeMutableRawPointer($0)) }
  }

  @unsafe private mutating func withState(
    _ body: (UnsafeMutablePointer<UInt32>, SHA256Path) -> Void
  ) {
    let path = path
    unsafe withUnsafeMutablePointer(to: &state) {
      unsafe body(UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt32.self), path)
    }
  }

  @unsafe private mutating func withStateAndBuffer(
    _ body: (UnsafeMutablePointer<UInt32>, UnsafeRawPointer, SHA256Path) -> Void
  ) {
    let path = path
    unsafe withUnsafePointer(to: &buffer) { buffer in
      unsafe withUnsafeMutablePointer(to: &state) {
        unsafe body(
          UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt32.self),
          UnsafeRawPointer(buffer), path)
      }
    }
  }
}
