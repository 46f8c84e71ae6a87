// This file says `unsafe`: it works on its states where they lie, so that they can be wiped there.

internal import CMartletDigest

/// A key for HMAC-SHA-256 (RFC 2104), ready for use: what the key alone decides is worked out once.
///
/// A code for a short message takes two runs of blocks less than with the bare key. The two states
/// are as good as the key; they are wiped when the value goes. What the caller's own copy of the
/// key needs is the caller's.
///
/// ```swift
/// let key = HMACKey(data: secret)
/// let code = key.authenticationCode(data: message)
/// guard key.isValid(code, data: message) else { return }
/// ```
public struct HMACKey: ~Copyable, Sendable {
  /// What comes before a message, and before the digest of a message (RFC 2104, 4).
  struct States: BitwiseCopyable, Sendable {
    var inner: SHA256State
    var outer: SHA256State
  }

  private let states = Secret(States(inner: .zero, outer: .zero))
  let path: SHA256Path

  /// Makes a key from bytes, as many as there are. RFC 2104 wants at least 32.
  public init(_ key: RawSpan) {
    self.init(key, on: .best)
  }

  /// Makes a key from bytes.
  public init(data key: some Collection<UInt8>) {
    self.init(data: key, on: .best)
  }

  /// Makes a key from bytes.
  public init(data key: [UInt8]) {
    self.init(unsafe key.span.bytes, on: .best)
  }

  /// Makes a key from bytes, for a given path.
  @_spi(Testing) public init(_ key: RawSpan, on path: SHA256Path) {
    self.path = path
    unsafe key.withUnsafeBytes { unsafe setStates($0) }
  }

  /// Makes a key from bytes, for a given path.
  @_spi(Testing) public init(data key: some Collection<UInt8>, on path: SHA256Path) {
    self.path = path
    let isDone: Void? = key.withContiguousStorageIfAvailable {
      unsafe setStates(UnsafeRawBufferPointer($0))
    }
    if isDone == nil {
      let bytes = [UInt8](key)
      unsafe bytes.withUnsafeBytes { unsafe setStates($0) }
    }
  }

  /// Works out the states of a key.
  private borrowing func setStates(_ key: UnsafeRawBufferPointer) {
    // A key longer than a block stands for its digest (RFC 2104, 2).
    var block = InlineArray<8, UInt64>(repeating: 0)
    unsafe withUnsafeMutableBytes(of: &block) { block in
      if key.count <= SHA256.blockByteCount {
        unsafe block.copyMemory(from: key)
      } else {
        unsafe SHA256.hash(bufferPointer: key, on: path).withUnsafeBytes {
          unsafe block.copyMemory(from: $0)
        }
      }
    }
    unsafe states.withMemory { unsafe Compression.setPads($0, key: &block, on: path) }
    unsafe withUnsafeMutableBytes(of: &block) { unsafe martlet_wipe($0.baseAddress, $0.count) }
  }

  /// Calls `body` with the states where they lie; nobody changes them.
  @unsafe borrowing func withStates<Result: ~Copyable>(
    _ body: (UnsafeMutablePointer<States>) -> Result
  ) -> Result {
    unsafe states.withMemory(body)
  }

  // MARK: Codes

  /// The authentication code of a message.
  public borrowing func authenticationCode(for message: RawSpan) -> SHA256Digest {
    unsafe message.withUnsafeBytes { unsafe authenticationCode(bufferPointer: $0) }
  }

  /// The authentication code of a message.
  @inlinable
  public borrowing func authenticationCode(data message: some Collection<UInt8>) -> SHA256Digest {
    let code = message.withContiguousStorageIfAvailable {
      unsafe authenticationCode(bufferPointer: UnsafeRawBufferPointer($0))
    }
    if let code { return code }
    var hmac = HMAC(key: self)
    hmac.update(data: message)
    return hmac.finalize()
  }

  /// The authentication code of a message.
  public borrowing func authenticationCode(
    bufferPointer message: UnsafeRawBufferPointer
  ) -> SHA256Digest {
    let blocks = message.count / 64
    var tail = SHA256Tail()
    unsafe tail.fill(
      from: message.baseAddress.map { unsafe $0 + 64 * blocks }, count: message.count & 63,
      of: 64 &+ UInt64(truncatingIfNeeded: message.count))
    return unsafe withStates { states in
      unsafe SHA256Digest(
        Compression.runHMAC(states, message.baseAddress, blocks: blocks, tail: tail, on: path))
    }
  }

  /// Whether `code` is the whole authentication code of a message, in a time that depends on the
  /// message's length only.
  public borrowing func isValid(_ code: SHA256Digest, for message: RawSpan) -> Bool {
    authenticationCode(for: message) == code
  }

  /// Whether `code` is the whole authentication code of a message; a code that is not 32 bytes long
  /// never is.
  public borrowing func isValid(_ code: RawSpan, for message: RawSpan) -> Bool {
    guard let code = SHA256Digest(code) else { return false }
    return authenticationCode(for: message) == code
  }

  /// Whether `code` is the whole authentication code of a message.
  public borrowing func isValid(_ code: SHA256Digest, data message: some Collection<UInt8>) -> Bool
  {
    authenticationCode(data: message) == code
  }
}
