// Says `unsafe`: it hands a path to the kernel, and secrets, arrays, to the digest.

internal import Glibc
internal import MartletDigest

/// Keeps small secrets unreadable in the store: whoever gets the database alone does not get them.
///
/// The key lies beside the store in a file of its own, of mode 0600. A secret is sealed under two
/// keys derived from it: a key stream of HMAC-SHA-256 over a nonce and a counter, and a tag of
/// HMAC-SHA-256 over what it belongs to, nonce and sealed bytes.
struct KeySeal: Sendable {
  /// The key itself, which only a backup carries away.
  let key: [UInt8]

  private static let nonceCount = 16
  private static let tagCount = 32

  /// Takes a key of 32 bytes.
  init?(key: [UInt8]) {
    guard key.count == 32 else { return nil }
    self.key = key
  }

  /// The key of a file, made if it is not there.
  init(path: String) throws {
    if let kept = Self.read(path) {
      guard let seal = KeySeal(key: kept) else {
        throw HubStore.Unusable(
          description:
            "\(path): is not a hub's key of 32 bytes; put the one of a backup in its place")
      }
      self = seal
      return
    }
    var generator = SystemRandomNumberGenerator()
    key = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    try write(to: path)
  }

  /// Puts the key into a file, in place of what is there.
  func write(to path: String) throws {
    let descriptor = unsafe Glibc.open(
      path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(0o600))
    let count = unsafe key.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    let isKept = descriptor >= 0 && count == key.count && fsync(descriptor) == 0
    if descriptor >= 0 { close(descriptor) }
    guard isKept, unsafe rename(path + ".new", path) == 0 else {
      throw HubStore.Unusable(description: "\(path): the hub's key cannot be written there")
    }
  }

  private static func read(_ path: String) -> [UInt8]? {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
      count = max(0, unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
  }

  /// Seals a secret that belongs to `owner`.
  func seal(_ secret: [UInt8], of owner: String) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    let nonce = (0..<Self.nonceCount).map { _ in
      UInt8.random(in: .min ... .max, using: &generator)
    }
    let sealed = crypt(secret, nonce)
    return nonce + sealed + tag(nonce + sealed, owner)
  }

  /// Opens what was sealed for `owner`; `nil` when it was changed, is another's, or another key's.
  func open(_ bytes: [UInt8], of owner: String) -> [UInt8]? {
    guard bytes.count >= Self.nonceCount + Self.tagCount else { return nil }
    let body = Array(bytes.dropLast(Self.tagCount))
    var difference: UInt8 = 0
    for (a, b) in zip(tag(body, owner), bytes.suffix(Self.tagCount)) { difference |= a ^ b }
    guard difference == 0 else { return nil }
    return crypt(Array(body.dropFirst(Self.nonceCount)), Array(body.prefix(Self.nonceCount)))
  }

  private func crypt(_ bytes: [UInt8], _ nonce: [UInt8]) -> [UInt8] {
    let key = derived("martlet hub seal")
    var result: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      let block = Self.code(key, nonce + [UInt8(truncatingIfNeeded: index / 32)])
      result.append(byte ^ block[index % 32])
    }
    return result
  }

  private func tag(_ bytes: [UInt8], _ owner: String) -> [UInt8] {
    let owner = Array(owner.utf8)
    return Self.code(
      derived("martlet hub tag"), [UInt8(truncatingIfNeeded: owner.count)] + owner + bytes)
  }

  private func derived(_ purpose: String) -> [UInt8] { Self.code(key, Array(purpose.utf8)) }

  private static func code(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    let digest = HMACKey(data: key).authenticationCode(data: message)
    return (0..<32).map { digest[$0] }
  }
}
