import Crypto
import Foundation
import MartletCrypto
import Testing

@Suite struct MartletSHA256Tests {
  static let messages = (0...300).map { count in
    Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) })
  }

  @Test func digestsAreThoseOfTheirs() {
    for message in Self.messages {
      let (ours, theirs) = (MartletSHA256.hash(data: message), SHA256.hash(data: message))
      #expect(Array(ours) == Array(theirs))
      #expect(ours.description == theirs.description)
    }
  }

  @Test func codesAreThoseOfTheirs() {
    for message in Self.messages {
      let key = SymmetricKey(data: message.reversed())
      let ours = HMAC<MartletSHA256>.authenticationCode(for: message, using: key)
      let theirs = HMAC<SHA256>.authenticationCode(for: message, using: key)
      #expect(Array(ours) == Array(theirs))
      #expect(
        HMAC<MartletSHA256>.isValidAuthenticationCode(ours, authenticating: message, using: key))
    }
  }

  @Test func derivedKeysAreThoseOfTheirs() {
    let secret = SymmetricKey(data: Self.messages[40])
    for count in [1, 32, 33, 200] {
      let ours = HKDF<MartletSHA256>.deriveKey(
        inputKeyMaterial: secret, salt: Self.messages[9], info: Self.messages[5],
        outputByteCount: count)
      let theirs = HKDF<SHA256>.deriveKey(
        inputKeyMaterial: secret, salt: Self.messages[9], info: Self.messages[5],
        outputByteCount: count)
      #expect(ours == theirs)
    }
  }
}
