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
  private struct Progress: BitwiseCopyable, Sendable {
    /// The hash of the inner pad and the message so far.
    var hash: SHA256
    /// The state behind the outer pad.
    var outer: SHA256State
  }

  private let progress: Secret<Progress>

  /// Starts the code of a message.
  public init(key: borrowing HMACKey) {
    let path = key.path
    progress = unsafe key.withStates { states in
      unsafe Secret(
        Progress(
          hash: SHA256(after: states.pointee.inner, byteCount: 64, on: path),
          outer: states.pointee.outer))
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

  /// The authentication code of a message under a key that is used once.
  public static func authenticationCode(data message: [UInt8], key: [UInt8]) -> SHA256Digest {
    HMACKey(data: key).authenticationCode(for: unsafe message.span.bytes)
  }

  /// Adds bytes to the message.
  public mutating func update(_ bytes: RawSpan) {
    unsafe progress.withMemory { unsafe $0.pointee.hash.update(bytes) }
  }

  /// Adds bytes to the message.
  public mutating func update(data: some Collection<UInt8>) {
    unsafe progress.withMemory { unsafe $0.pointee.hash.update(data: data) }
  }

  /// Adds bytes to the message.
  public mutating func update(bufferPointer bytes: UnsafeRawBufferPointer) {
    unsafe progress.withMemory { unsafe $0.pointee.hash.update(bufferPointer: bytes) }
  }

  /// The authentication code of the message.
  public consuming func finalize() -> SHA256Digest {
    unsafe progress.withMemory { progress in
      let digest = unsafe progress.pointee.hash.finish()
      return unsafe digest.withUnsafeBytes { bytes in
        unsafe withUnsafePointer(to: &progress.pointee.outer) {
          unsafe SHA256.hash(
            bufferPointer: bytes, from: $0, byteCount: 64, on: progress.pointee.hash.path)
        }
      }
    }
  }

  /// Whether `code` is the whole authentication code of the message, in a time that does not depend
  /// on where they differ.
  public consuming func isValid(_ code: SHA256Digest) -> Bool {
    finalize() == code
  }
}
