// This file says `unsafe`: OpenSSL takes pointers.

import COpenSSL
import Crypto
import Foundation
@_spi(Testing) import MartletDigest

/// The rows that this process can measure.
struct Contestants {
  private let bytes = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 9) }
  private let key = [UInt8](repeating: 0x5a, count: 32)

  /// Whether all of them find the same; measured is only who is right.
  func agree() -> Bool {
    let message = Array(bytes.prefix(64))
    let ours = Array(MartletDigest.SHA256.hash(data: message))
    let symmetric = SymmetricKey(data: key)
    let code = Array(HMACKey(data: key).authenticationCode(data: message))
    return ours == Array(Crypto.SHA256.hash(data: message)) && ours == openSSLDigest(of: message)
      && code
        == Array(Crypto.HMAC<Crypto.SHA256>.authenticationCode(for: message, using: symmetric))
  }

  // MARK: Rows

  /// One message of 1 MiB, against OpenSSL's own functions.
  func bulk() -> Row {
    let race = unsafe bytes.withUnsafeBytes { bytes in
      Race.run(
        count: 4,
        ours: { for _ in 0..<$0 { keep(unsafe MartletDigest.SHA256.hash(bufferPointer: bytes)) } },
        peer: { for _ in 0..<$0 { unsafe openSSL(bytes) } })
    }
    return Row(
      id: "digest.hash.1MiB", peerName: "OpenSSL", goal: 0.99, byteCount: bytes.count, race: race)
  }

  /// One message of 64 bytes.
  func small() -> Row {
    let message = Array(bytes.prefix(64))
    let race = Race.run(
      count: 10_000, ours: { for _ in 0..<$0 { keep(MartletDigest.SHA256.hash(data: message)) } },
      peer: { for _ in 0..<$0 { keep(Crypto.SHA256.hash(data: message)) } })
    return Row(id: "digest.hash.64", peerName: "swift-crypto", goal: 2, race: race)
  }

  /// The code of 64 bytes under a key of 32 that comes with it.
  func code() -> Row {
    let message = Array(bytes.prefix(64))
    let symmetric = SymmetricKey(data: key)
    let race = Race.run(
      count: 3_000,
      ours: {
        for _ in 0..<$0 {
          keep(MartletDigest.HMAC.authenticationCode(data: message, key: key))
        }
      },
      peer: {
        for _ in 0..<$0 {
          keep(Crypto.HMAC<Crypto.SHA256>.authenticationCode(for: message, using: symmetric))
        }
      })
    return Row(id: "digest.hmac.64", peerName: "swift-crypto", goal: 8, race: race)
  }

  /// The code of 64 bytes under a key that stays.
  func keyedCode() -> Row {
    let message = Array(bytes.prefix(64))
    let symmetric = SymmetricKey(data: key)
    let kept = HMACKey(data: key)
    let race = Race.run(
      count: 3_000, ours: { for _ in 0..<$0 { keep(kept.authenticationCode(data: message)) } },
      peer: {
        for _ in 0..<$0 {
          keep(Crypto.HMAC<Crypto.SHA256>.authenticationCode(for: message, using: symmetric))
        }
      })
    return Row(id: "digest.hmac.64.keyed", peerName: "swift-crypto", goal: 15, race: race)
  }

  /// 16 messages of 8 KiB at once, against the same one after another.
  func batch() -> Row {
    let size = 8 << 10
    let count = 16
    let race = unsafe bytes.withUnsafeBytes { bytes in
      let messages = unsafe (0..<count).map { index in
        unsafe UnsafeRawBufferPointer(rebasing: bytes[(index * size)..<((index + 1) * size)])
      }
      var digests = [MartletDigest.SHA256Digest](
        repeating: MartletDigest.SHA256Digest(), count: count)
      return Race.run(
        count: 20,
        ours: { repeats in
          var span = digests.mutableSpan
          for _ in 0..<repeats {
            unsafe MartletDigest.SHA256.hash(many: messages.span, into: &span)
          }
        },
        peer: { repeats in
          for _ in 0..<repeats {
            for index in 0..<count {
              keep(unsafe MartletDigest.SHA256.hash(bufferPointer: messages[index]))
            }
          }
        })
    }
    return Row(
      id: "digest.batch.16x8KiB", peerName: "one stream", goal: 2.1, byteCount: size * count,
      race: race)
  }

  /// Eight messages of 64 KiB at once with AVX2, against OpenSSL's AVX2: in a process in which
  /// OpenSSL was told that there is nothing better.
  func lanes() -> Row {
    let size = 64 << 10
    let count = 8
    let race = unsafe bytes.withUnsafeBytes { bytes in
      let messages = unsafe (0..<count).map { index in
        unsafe UnsafeRawBufferPointer(rebasing: bytes[(index * size)..<((index + 1) * size)])
      }
      var digests = [MartletDigest.SHA256Digest](
        repeating: MartletDigest.SHA256Digest(), count: count)
      return Race.run(
        count: 4,
        ours: { repeats in
          var span = digests.mutableSpan
          for _ in 0..<repeats {
            unsafe MartletDigest.SHA256.hash(many: messages.span, into: &span, on: .avx2)
          }
        },
        peer: { repeats in
          for _ in 0..<repeats {
            for index in 0..<count { unsafe openSSL(messages[index]) }
          }
        })
    }
    return Row(
      id: "digest.avx2.8x64KiB", peerName: "OpenSSL, AVX2", goal: 3.4, byteCount: size * count,
      race: race)
  }

  // MARK: OpenSSL

  private func openSSL(_ bytes: UnsafeRawBufferPointer) {
    var context = SHA256_CTX()
    var digest = InlineArray<32, UInt8>(repeating: 0)
    _ = unsafe SHA256_Init(&context)
    _ = unsafe SHA256_Update(&context, bytes.baseAddress, bytes.count)
    _ = unsafe withUnsafeMutableBytes(of: &digest) {
      unsafe SHA256_Final($0.assumingMemoryBound(to: UInt8.self).baseAddress, &context)
    }
    keep(digest[0])
  }

  private func openSSLDigest(of message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    _ = unsafe COpenSSL.SHA256(message, message.count, &digest)
    return digest
  }
}

/// Takes a result where the compiler cannot see what becomes of it.
@inline(never)
func keep<Value>(_: Value) {}
