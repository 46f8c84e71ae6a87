// This file says `unsafe`: swift-crypto's protocols hand over and ask for raw pointers.

public import Crypto
public import MartletDigest

/// Martlet's SHA-256 as a hash function of swift-crypto: for its `HMAC`, `HKDF` and signatures.
///
/// ```swift
/// let code = HMAC<MartletSHA256>.authenticationCode(for: message, using: key)
/// ```
///
/// What it cannot promise: swift-crypto's generic `HMAC` and `HKDF` copy the state of their hash
/// function as they like, and a state is a plain value. Nothing wipes those copies when they go,
/// even where they depend on a key. `MartletDigest.HMACKey`, `HMAC` and `HKDF` do wipe theirs, and
/// are faster too: what the key alone decides is worked out once.
public struct MartletSHA256: Crypto.HashFunction {
  /// 64.
  public static var blockByteCount: Int { MartletDigest.SHA256.blockByteCount }
  /// 32.
  public static var byteCount: Int { MartletDigest.SHA256.byteCount }

  private var hash = MartletDigest.SHA256()

  /// Starts a hash.
  public init() {}

  /// Adds bytes.
  public mutating func update(bufferPointer: UnsafeRawBufferPointer) {
    unsafe hash.update(bufferPointer: bufferPointer)
  }

  /// The digest of the bytes so far.
  public func finalize() -> MartletSHA256Digest {
    MartletSHA256Digest(digest: hash.finalize())
  }
}

/// The digest of a ``MartletSHA256``.
public struct MartletSHA256Digest: Crypto.Digest {
  /// 32.
  public static var byteCount: Int { MartletDigest.SHA256.byteCount }

  /// The digest as Martlet knows it.
  public let digest: MartletDigest.SHA256Digest

  /// Calls `body` with the 32 bytes.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try unsafe digest.withUnsafeBytes(body)
  }

  /// The bytes, first to last.
  public func makeIterator() -> MartletDigest.SHA256Digest.Iterator { digest.makeIterator() }

  /// "SHA256 digest: " and 64 hexadecimal digits, as swift-crypto prints its own.
  public var description: String { "SHA256 digest: \(digest.hex)" }
}
