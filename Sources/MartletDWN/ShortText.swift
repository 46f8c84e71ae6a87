public import MartletHTTP

/// A name of at most 64 bytes of UTF-8, held in place.
///
/// What a node says of itself is kept for as long as the node is known, so it has a bound and no
/// memory of its own.
public struct ShortText: Sendable {
  /// The longest text.
  public static var capacity: Int { 64 }

  var storage = InlineArray<64, UInt8>(repeating: 0)

  /// How many bytes the text has.
  public private(set) var count = 0

  /// An empty text.
  public init() {}

  // A loop that may leave by returning nil lost `count` in optimised builds of Swift 6.3.1: lengths
  // are checked before the bytes are taken.

  /// Takes the elements; `nil` when there are more than 64.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count <= Self.capacity else { return nil }
    for index in bytes.indices { storage[index] = bytes[index] }
    count = bytes.count
  }

  /// Takes the bytes of a text; `nil` when there are more than 64.
  public init?(_ text: ByteText) {
    guard text.count <= Self.capacity else { return nil }
    for index in 0..<text.count { storage[index] = text[index] }
    count = text.count
  }

  /// One byte; traps outside the text.
  public subscript(index: Int) -> UInt8 {
    precondition(index < count)
    return storage[index]
  }

  /// The bytes, one by one.
  public var array: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for index in 0..<count { bytes.append(storage[index]) }
    return bytes
  }

  /// Whether the text may be a node's name for itself in a path: 1 to 32 of A to Z, a to z, 0 to 9,
  /// `_` and `-`.
  public var isIdentifier: Bool {
    guard (1...32).contains(count) else { return false }
    for index in 0..<count {
      switch storage[index] {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: continue
      default: return false
      }
    }
    return true
  }
}

extension ShortText: Hashable {
  /// Whether both have the same bytes.
  public static func == (a: Self, b: Self) -> Bool {
    guard a.count == b.count else { return false }
    for index in 0..<a.count where a.storage[index] != b.storage[index] { return false }
    return true
  }

  /// Feeds the bytes.
  public func hash(into hasher: inout Hasher) {
    for index in 0..<count { hasher.combine(storage[index]) }
  }
}

extension ShortText: ExpressibleByStringLiteral {
  /// Takes text of the program, of at most 64 bytes.
  public init(stringLiteral text: StaticString) {
    let literal = Literal(stringLiteral: text)
    precondition(literal.count <= Self.capacity)
    for index in 0..<literal.count { storage[index] = literal[index] }
    count = literal.count
  }
}
