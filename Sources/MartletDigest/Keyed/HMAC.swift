// This file says `unsafe`: it works on its hash where it lies, so that it can be wiped there.

/// HMAC-SHA-256 (RFC 2104) over a message that comes in pieces.
///
/// ```swift
/// var hmac = HMAC(key: key)
/// hmac.update(header)
/// hmac.update(body)
/// let code = hmac.finalize()
/// ```
///
/// For one message at hand, ``HMACKey/authenticationCode(for:)`` is shorter. The state depends on
/// the key and is wiped when the value goes.
public struct HMAC: ~Copyable, Sendable {
  /// A `SHA256` behind the inner pad, then the state behind the outer pad.
  private let memory = SecretMemory<18>()
  private static var outerOffset: Int { 112 }

  /// Starts the code of a message.
  public init(key: borrowing HMACKey) {
    let path = key.path
    unsafe memory.withMemory { memory in
      unsafe key.withStates { inner, outer in
        unsafe memory.initializeMemory(
          as: SHA256.self, to: SHA256(after: inner.pointee, byteCount: 64, on: path))
        unsafe (memory + Self.outerOffset).initializeMemory(
          as: SHA256State.self, from: outer, count: 1)
      }
    }
  }

  /// The authentication code of a message under a key that is used once.
  public static func authenticationCode(for message: RawSpan, key: RawSpan) -> SHA256Digest {
    HMACKey(key).authenticationCode(for: message)
  }

  /// The authentication code of a message under a key that is used once.
  public static func authenticationCode(
    data message: some Collection<UInt8>, key: some Collection<UInt8>
  ) -> SHA256Digest {
    HMACKey(data: key).authenticationCode(data: message)
  }

  /// Adds bytes to the message.
  public mutating func update(_ bytes: RawSpan) {
    unsafe withHash { unsafe $0.pointee.update(bytes) }
  }

  /// Adds bytes to the message.
  public mutating func update(data: some Collection<UInt8>) {
    unsafe withHash { unsafe $0.pointee.update(data: data) }
  }

  /// Adds bytes to the message.
  public mutating func update(bufferPointer bytes: UnsafeRawBufferPointer) {
    unsafe withHash { unsafe $0.pointee.update(bufferPointer: bytes) }
  }

  /// The authentication code of the message.
  public consuming func finalize() -> SHA256Digest {
    unsafe withHash { hash in
      let digest = unsafe hash.pointee.finish()
      let outer = unsafe UnsafeRawPointer(hash) + Self.outerOffset
      return unsafe digest.withUnsafeBytes {
        unsafe SHA256.hash(
          bufferPointer: $0, after: outer.assumingMemoryBound(to: SHA256State.self).pointee,
          byteCount: 64, on: hash.pointee.path)
      }
    }
  }

  /// Whether `code` is the whole authentication code of the message, in a time that does not depend
  /// on where they differ.
  public consuming func isValid(_ code: SHA256Digest) -> Bool {
    finalize() == code
  }

  @unsafe private borrowing func withHash<Result>(
    _ body: (UnsafeMutablePointer<SHA256>) -> Result
  ) -> Result {
    unsafe memory.withMemory { unsafe body($0.assumingMemoryBound(to: SHA256.self)) }
  }
}
