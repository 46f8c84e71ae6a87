// Says `unsafe` where secrets, arrays, are seen as bytes.

internal import MartletDigest

/// Who may see and change a house. Secrets are kept as digests.
struct Access: Sendable {
  /// The rounds of a password's digest.
  static let rounds = 600_000
  /// How long somebody stays signed in: 90 days.
  static let sessionTime: Int64 = 90 * 86_400

  let store: HubStore

  /// Draws a secret of 128 bits that fits into links and headers.
  static func draw() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }.hex
  }

  private static func digest(_ secret: String) -> [UInt8] {
    let digest = unsafe SHA256.hash(Array(secret.utf8).span.bytes)
    return (0..<32).map { digest[$0] }
  }

  /// Makes a code that signs in once, in place of those before, and returns it. It ends in a day.
  func makeCode() throws -> String {
    try store.removeSecrets(kind: "code")
    return try make(kind: "code", name: "", until: WallClock.seconds + 86_400)
  }

  /// Makes a secret of a kind.
  func make(kind: String, name: String, until: Int64) throws -> String {
    let secret = Self.draw()
    try store.add(secret: Self.digest(secret), kind: kind, name: name, until: until)
    return secret
  }

  /// Whether a secret is one of a kind, and still in force.
  func has(_ secret: String, kind: String) -> Bool {
    guard secret.utf8.count == 32 else { return false }
    return
      (try? store.has(secret: Self.digest(secret), kind: kind, now: WallClock.seconds)) ?? false
  }

  /// Ends a secret.
  func end(_ secret: String) throws { try store.remove(secret: Self.digest(secret)) }

  /// Begins a session.
  func makeSession() throws -> String {
    try make(kind: "session", name: "", until: WallClock.seconds + Self.sessionTime)
  }

  // MARK: The password

  /// Whether there is one.
  var hasPassword: Bool { (try? store.setting("password")) != nil }

  /// Sets the password; at least 10 characters.
  func setPassword(_ password: String) throws {
    let salt = Self.draw()
    try store.set("password", "\(Self.rounds):\(salt):\(Self.derive(password, salt, Self.rounds))")
  }

  /// Whether a password is the one. It takes a while, on purpose.
  func isPassword(_ password: String) -> Bool {
    guard let kept = try? store.setting("password") else { return false }
    let parts = kept.split(separator: ":").map(String.init)
    guard parts.count == 3, let rounds = Int(parts[0]), rounds > 0 else { return false }
    let found = Array(Self.derive(password, parts[1], rounds).utf8)
    let wanted = Array(parts[2].utf8)
    guard found.count == wanted.count else { return false }
    var difference: UInt8 = 0
    for (a, b) in zip(found, wanted) { difference |= a ^ b }
    return difference == 0
  }

  private static func derive(_ password: String, _ salt: String, _ rounds: Int) -> String {
    var key = [UInt8](repeating: 0, count: 32)
    var span = key.mutableSpan
    var bytes = unsafe span.mutableBytes
    do throws(DerivationError) {
      try unsafe PBKDF2.derive(
        password: Array(password.utf8).span.bytes, salt: Array(salt.utf8).span.bytes,
        rounds: rounds, into: &bytes)
    } catch {
      preconditionFailure("32 bytes can be derived in any number of rounds")
    }
    return key.hex
  }
}
