// This file says `unsafe` where it looks at a digest's words as bytes and where a caller asked for
// a pointer.

/// The 32 bytes of a SHA-256 hash or of an HMAC-SHA-256.
///
/// It lies where its owner lies; nothing is allocated. `==` takes the same time whatever the bytes
/// are, so that a digest may be an authentication code.
public struct SHA256Digest: Sendable, BitwiseCopyable {
  /// The bytes, eight at a time, as they lie in memory.
  var storage: InlineArray<4, UInt64>

  /// The number of bytes of a digest: 32.
  public static var byteCount: Int { 32 }

  /// The digest whose bytes are all zero: what an array of digests to be filled starts with.
  public init() {
    storage = InlineArray(repeating: 0)
  }

  /// The digest of a compression state.
  init(_ state: SHA256State) {
    storage = InlineArray { index in
      let high = UInt64(state.words[2 * index])
      let low = UInt64(state.words[2 * index + 1])
      return (high << 32 | low).bigEndian
    }
  }

  /// Reads a digest from its 32 bytes; `nil` if there are more or fewer.
  public init?(_ bytes: RawSpan) {
    guard bytes.byteCount == Self.byteCount else { return nil }
    storage = InlineArray { index in
      unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
    }
  }

  /// Reads a digest from 64 hexadecimal digits of either case; `nil` for anything else.
  public init?(hex: some StringProtocol) {
    self.init()
    var index = 0
    for character in hex.utf8 {
      guard index < 2 * Self.byteCount, let nibble = Self.value(ofDigit: character) else {
        return nil
      }
      let shift = UInt64(60 - 4 * (index & 15))
      storage[index >> 4] |= UInt64(nibble) << shift
      index += 1
    }
    guard index == 2 * Self.byteCount else { return nil }
    for word in 0..<4 { storage[word] = storage[word].bigEndian }
  }

  /// The bytes of the digest.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get { unsafe storage.span.bytes }
  }

  /// One byte of the digest; traps outside 0..<32.
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < Self.byteCount, "a digest has 32 bytes")
    return UInt8(truncatingIfNeeded: storage[index >> 3].bigEndian >> UInt64(56 - 8 * (index & 7)))
  }

  /// Calls `body` with the 32 bytes.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe bytes.withUnsafeBytes(body)
  }

  private static func value(ofDigit character: UInt8) -> UInt8? {
    switch character {
    case 0x30...0x39: character - 0x30
    case 0x41...0x46: character - 0x41 + 10
    case 0x61...0x66: character - 0x61 + 10
    default: nil
    }
  }
}

extension SHA256Digest: Hashable {
  /// Whether all bytes are equal, in a time that does not depend on them.
  public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
    var difference: UInt64 = 0
    for index in 0..<4 { difference |= left.storage[index] ^ right.storage[index] }
    return difference == 0
  }

  /// Feeds the bytes to a hasher of the standard library.
  public func hash(into hasher: inout Hasher) {
    for index in 0..<4 { hasher.combine(storage[index]) }
  }
}

extension SHA256Digest: Sequence {
  /// The bytes of a digest in order.
  public struct Iterator: IteratorProtocol, Sendable {
    let digest: SHA256Digest
    var index = 0

    /// The next byte.
    public mutating func next() -> UInt8? {
      guard index < SHA256Digest.byteCount else { return nil }
      defer { index += 1 }
      return digest[index]
    }
  }

  /// The bytes of the digest, first to last.
  public func makeIterator() -> Iterator { Iterator(digest: self) }

  /// 32.
  public var underestimatedCount: Int { Self.byteCount }
}

extension SHA256Digest: CustomStringConvertible {
  /// 64 hexadecimal digits in lower case.
  public var hex: String {
    unsafe String(unsafeUninitializedCapacity: 2 * Self.byteCount) { text in
      for index in 0..<Self.byteCount {
        let byte = self[index]
        unsafe text[2 * index] = Self.digit(byte >> 4)
        unsafe text[2 * index + 1] = Self.digit(byte & 15)
      }
      return 2 * Self.byteCount
    }
  }

  /// 64 hexadecimal digits in lower case.
  public var description: String { hex }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x61 - 10 + value
  }
}
