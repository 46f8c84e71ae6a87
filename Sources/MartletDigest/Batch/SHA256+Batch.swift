// This file says `unsafe`: its sources turn the caller's spans into pointers for the length of one
// call.

extension SHA256 {
  /// Hashes messages of any lengths at once, on as many lanes as the processor has.
  ///
  /// Two messages or more are faster together than one after another; nothing is allocated, and
  /// all digests are there when the call returns. The messages must stay as they are until then.
  ///
  /// - Parameters:
  ///   - messages: Where the messages lie; they may overlap.
  ///   - digests: Gets the digest of message i at i; traps unless it is as long as `messages`.
  public static func hash(
    many messages: Span<UnsafeRawBufferPointer>, into digests: inout MutableSpan<SHA256Digest>
  ) {
    unsafe hash(many: messages, into: &digests, on: .best)
  }

  /// The same on a given path, which this processor must have.
  @_spi(Testing) public static func hash(
    many messages: Span<UnsafeRawBufferPointer>, into digests: inout MutableSpan<SHA256Digest>,
    on path: SHA256Path
  ) {
    precondition(unsafe messages.count == digests.count, "a digest for each message")
    unsafe messages.withUnsafeBufferPointer { messages in
      unsafe digests.withUnsafeMutableBufferPointer { digests in
        var source = unsafe MessageSource(messages: messages, digests: digests)
        unsafe LaneScheduler.run(&source, on: path)
      }
    }
  }

  /// Hashes parts of one run of bytes at once: the blocks of a file, the leaves of a tree.
  ///
  /// - Parameters:
  ///   - parts: The offsets of each message in `bytes`; traps if one lies outside.
  ///   - bytes: Where the messages lie; they may overlap.
  ///   - digests: Gets the digest of part i at i; traps unless it is as long as `parts`.
  public static func hash(
    many parts: Span<Range<Int>>, of bytes: RawSpan, into digests: inout MutableSpan<SHA256Digest>
  ) {
    precondition(parts.count == digests.count, "a digest for each part")
    unsafe parts.withUnsafeBufferPointer { parts in
      unsafe bytes.withUnsafeBytes { bytes in
        unsafe digests.withUnsafeMutableBufferPointer { digests in
          var source = unsafe PartSource(parts: parts, bytes: bytes, digests: digests)
          unsafe LaneScheduler.run(&source, on: .best)
        }
      }
    }
  }

  /// Hashes messages at once and returns their digests in an array.
  public static func hash(many messages: [[UInt8]]) -> [SHA256Digest] {
    var digests = [SHA256Digest](repeating: SHA256Digest(), count: messages.count)
    var output = digests.mutableSpan
    for start in stride(from: 0, to: messages.count, by: 32) {
      let group = messages[start..<min(start + 32, messages.count)]
      var part = output._mutatingExtracting(start..<(start + group.count))
      unsafe withPointers(group, []) { unsafe hash(many: $0.span, into: &part) }
    }
    return digests
  }

  /// Adds bytes to several hashes at once; hash i gets `pieces[i]`. Traps unless both are as long.
  ///
  /// For streams that grow side by side: files read in turns, connections.
  public static func update(
    many hashes: inout MutableSpan<SHA256>, with pieces: Span<UnsafeRawBufferPointer>
  ) {
    precondition(unsafe hashes.count == pieces.count, "a piece for each hash")
    guard hashes.count > 0 else { return }
    let path = hashes[0].path
    unsafe pieces.withUnsafeBufferPointer { pieces in
      unsafe hashes.withUnsafeMutableBufferPointer { hashes in
        var source = unsafe PieceSource(hashes: hashes, pieces: pieces)
        unsafe LaneScheduler.run(&source, on: path)
      }
    }
  }

  /// Calls `body` with pointers to the elements of all the arrays, one array a call deeper.
  @unsafe private static func withPointers(
    _ messages: ArraySlice<[UInt8]>, _ pointers: [UnsafeRawBufferPointer],
    _ body: ([UnsafeRawBufferPointer]) -> Void
  ) {
    guard let first = messages.first else {
      unsafe body(pointers)
      return
    }
    unsafe first.withUnsafeBytes {
      unsafe withPointers(messages.dropFirst(), pointers + [$0], body)
    }
  }
}

/// Whole messages behind pointers.
@unsafe private struct MessageSource: BatchSource {
  let messages: UnsafeBufferPointer<UnsafeRawBufferPointer>
  let digests: UnsafeMutableBufferPointer<SHA256Digest>

  var count: Int { unsafe messages.count }

  func start(_ message: Int, in lane: UnsafeMutablePointer<Lane>) {
    unsafe lane.start(messages[message])
  }

  func finish(_ message: Int, from lane: UnsafeMutablePointer<Lane>) {
    unsafe digests[message] = SHA256Digest(lane.pointee.state)
  }
}

/// Whole messages that are parts of one run of bytes.
@unsafe private struct PartSource: BatchSource {
  let parts: UnsafeBufferPointer<Range<Int>>
  let bytes: UnsafeRawBufferPointer
  let digests: UnsafeMutableBufferPointer<SHA256Digest>

  var count: Int { unsafe parts.count }

  func start(_ message: Int, in lane: UnsafeMutablePointer<Lane>) {
    let part = unsafe parts[message]
    precondition(
      unsafe part.lowerBound >= 0 && part.upperBound <= bytes.count, "a part lies outside the bytes"
    )
    unsafe lane.start(UnsafeRawBufferPointer(rebasing: bytes[part]))
  }

  func finish(_ message: Int, from lane: UnsafeMutablePointer<Lane>) {
    unsafe digests[message] = SHA256Digest(lane.pointee.state)
  }
}

/// Hashes that go on.
@unsafe private struct PieceSource: BatchSource {
  let hashes: UnsafeMutableBufferPointer<SHA256>
  let pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>

  var count: Int { unsafe pieces.count }

  func start(_ message: Int, in lane: UnsafeMutablePointer<Lane>) {
    unsafe hashes[message].start(pieces[message], in: lane)
  }

  func finish(_ message: Int, from lane: UnsafeMutablePointer<Lane>) {
    unsafe hashes[message].finish(pieces[message], from: lane)
  }
}

extension UnsafeMutablePointer<Lane> {
  /// Begins a whole message: its full blocks, then its end from the lane's own memory.
  @unsafe fileprivate func start(_ bytes: UnsafeRawBufferPointer) {
    let blocks = bytes.count / 64
    unsafe pointee.state = .initial
    unsafe pointee.tail = SHA256Tail()
    unsafe pointee.tail.fill(
      from: bytes.baseAddress.map { unsafe $0 + 64 * blocks }, count: bytes.count & 63,
      of: UInt64(truncatingIfNeeded: bytes.count))
    let tail = unsafe UnsafeRawPointer(self) + MemoryLayout<SHA256State>.stride
    unsafe pointee.set(
      first: bytes.baseAddress, blocks: blocks, second: tail, blocks: pointee.tail.blocks)
  }
}

extension SHA256 {
  /// Begins to add bytes: a buffered block that they fill, then the full blocks among them.
  @unsafe fileprivate mutating func start(
    _ bytes: UnsafeRawBufferPointer, in lane: UnsafeMutablePointer<Lane>
  ) {
    let buffered = bufferedCount
    let taken = buffered == 0 ? 0 : min(64 - buffered, bytes.count)
    if taken > 0, let start = bytes.baseAddress {
      unsafe withBuffer {
        unsafe $0.advanced(by: buffered).copyMemory(from: start, byteCount: taken)
      }
    }
    unsafe lane.pointee.state = state
    let isFilled = buffered > 0 && buffered + taken == 64
    let rest = bytes.count - taken
    unsafe withBuffer { buffer in
      unsafe lane.pointee.set(
        first: UnsafeRawPointer(buffer), blocks: isFilled ? 1 : 0,
        second: bytes.baseAddress.map { unsafe $0 + taken }, blocks: rest / 64)
    }
  }

  /// Keeps the state, and the bytes behind the last full block.
  @unsafe fileprivate mutating func finish(
    _ bytes: UnsafeRawBufferPointer, from lane: UnsafeMutablePointer<Lane>
  ) {
    let buffered = bufferedCount
    let taken = buffered == 0 ? 0 : min(64 - buffered, bytes.count)
    let left = (bytes.count - taken) & 63
    unsafe state = lane.pointee.state
    byteCount &+= UInt64(truncatingIfNeeded: bytes.count)
    guard left > 0, let start = bytes.baseAddress else { return }
    unsafe withBuffer { unsafe $0.copyMemory(from: start + (bytes.count - left), byteCount: left) }
  }
}
