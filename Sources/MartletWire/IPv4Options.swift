/// The options of an IPv4 header as bytes to send: up to 40, a multiple of 4.
public struct IPv4Options: Sendable, BitwiseCopyable {
  /// The bytes in words of the host's order; those beyond `length` are zero.
  @usableFromInline var words = InlineArray<10, UInt32>(repeating: 0)
  /// The number of bytes, padding included: 0 to 40.
  public private(set) var length = 0

  /// No options.
  @inlinable public init() {}

  /// Takes the bytes of a list of options, as `IPv4View.options` gives them, and pads them with
  /// zeros to a multiple of 4; throws `badLength` when there are more than 40.
  public init(_ bytes: RawSpan) throws(WireError) {
    let count = bytes.byteCount
    guard count <= 40 else { throw .badLength(count) }
    for offset in 0..<count {
      let shift = UInt32(truncatingIfNeeded: 24 &- (offset & 3) &* 8)
      words[offset / 4] |= UInt32(bytes.load(UInt8.self, at: offset)) << shift
    }
    length = (count &+ 3) & ~3
  }

  /// Router alert alone (RFC 2113), as IGMP has it.
  @inlinable public static var routerAlert: Self { Self(word: 0x9404_0000) }

  /// Writes the options at `offset` of `bytes`, where they must fit.
  @_lifetime(bytes: copy bytes)
  @inlinable
  func store(into bytes: inout MutableRawSpan, at offset: Int) {
    for index in 0..<length / 4 { bytes.store(words[index], at: offset &+ index &* 4) }
  }

  @usableFromInline
  init(word: UInt32) {
    words[0] = word
    length = 4
  }
}

extension IPv4Options: Equatable {
  /// Whether both are the same bytes.
  public static func == (first: Self, second: Self) -> Bool {
    first.length == second.length
      && first.words.indices.allSatisfy { first.words[$0] == second.words[$0] }
  }
}
