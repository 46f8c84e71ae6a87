// This file says `unsafe` where it makes a span of its own byte and copies between spans.

/// HKDF with HMAC-SHA-256 (RFC 5869): from one secret, keys for several uses.
///
/// ```swift
/// let keys = HKDF(salt: salt, inputKeyMaterial: secret)
/// try keys.expand(info: "from client", into: &clientKey)
/// try keys.expand(info: "from server", into: &serverKey)
/// ```
///
/// What the secret became is wiped when the value goes.
public struct HKDF: ~Copyable, Sendable {
  private let key: HMACKey

  /// The longest output: 255 times 32 bytes (RFC 5869, 2.3).
  public static var maximumOutputByteCount: Int { 255 * SHA256.byteCount }

  /// Extracts a pseudorandom key (RFC 5869, 2.2).
  ///
  /// - Parameters:
  ///   - salt: Not secret; it may be empty.
  ///   - inputKeyMaterial: The secret, not necessarily uniform.
  public init(salt: RawSpan, inputKeyMaterial: RawSpan) {
    let extracted = HMACKey(salt).authenticationCode(for: inputKeyMaterial)
    key = HMACKey(extracted.bytes)
  }

  /// Uses a secret that is uniform already, of at least 32 bytes (RFC 5869, 3.3).
  public init(pseudorandomKey: RawSpan) {
    key = HMACKey(pseudorandomKey)
  }

  /// The extracted key itself, for test vectors.
  @_spi(Testing) public static func extract(
    salt: RawSpan, inputKeyMaterial: RawSpan
  ) -> SHA256Digest {
    HMACKey(salt).authenticationCode(for: inputKeyMaterial)
  }

  /// Expands the key (RFC 5869, 2.3).
  ///
  /// - Parameters:
  ///   - info: What the output is for; not secret, it may be empty.
  ///   - output: Is filled.
  /// - Throws: ``DerivationError/outputTooLong(_:)`` beyond ``maximumOutputByteCount``.
  public borrowing func expand(
    info: RawSpan, into output: inout MutableRawSpan
  ) throws(DerivationError) {
    guard output.byteCount <= Self.maximumOutputByteCount else {
      throw .outputTooLong(output.byteCount)
    }
    var last = SHA256Digest()
    var number: UInt8 = 0
    var offset = 0
    while offset < output.byteCount {
      var hmac = HMAC(key: key)
      if number > 0 { hmac.update(last.bytes) }
      hmac.update(info)
      number += 1
      let suffix: InlineArray<1, UInt8> = [number]
      hmac.update(unsafe suffix.span.bytes)
      last = hmac.finalize()
      for byte in last.prefix(output.byteCount - offset) {
        output.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
        offset += 1
      }
    }
  }
}
