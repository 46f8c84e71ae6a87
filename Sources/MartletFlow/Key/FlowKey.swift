/// Everything that flows can tell of a frame, in 30 words of 64 bits.
///
/// The words go from what the switch knows (0 to 15) by Ethernet (16 to 18) and IP (19 to 28) to the
/// transport (29), so that a search may begin with what differs least.
public struct FlowKey: Equatable, Sendable, BitwiseCopyable {
  /// The words that a key has.
  @inlinable public static var wordCount: Int { 30 }

  @usableFromInline var words = InlineArray<30, UInt64>(repeating: 0)

  /// A key of zeros.
  @inlinable public init() {}

  /// The value of a field, in its least bits.
  public subscript(field: Field) -> UInt128 {
    get {
      let (word, shift, width) = field.location
      if width > 64 { return UInt128(words[word]) << 64 | UInt128(words[word + 1]) }
      return UInt128(words[word] >> shift & Self.ones(width))
    }
    set {
      let (word, shift, width) = field.location
      if width > 64 {
        words[word] = UInt64(truncatingIfNeeded: newValue >> 64)
        words[word + 1] = UInt64(truncatingIfNeeded: newValue)
      } else {
        let mask = Self.ones(width) << shift
        let bits = UInt64(truncatingIfNeeded: newValue) << shift & mask
        words[word] = words[word] & ~mask | bits
      }
    }
  }

  /// The port that the frame came by.
  public var inPort: PortNumber {
    get { PortNumber(UInt32(truncatingIfNeeded: words[0] >> 32)) }
    set { words[0] = words[0] & 0xffff_ffff | UInt64(newValue.rawValue) << 32 }
  }

  static func ones(_ width: UInt64) -> UInt64 { width >= 64 ? .max : (1 << width) - 1 }

  /// Whether all fields are the same.
  @inline(__always)
  public static func == (first: Self, second: Self) -> Bool {
    // Without branches: this compares in vectors, and most keys that are compared are the same.
    let (left, right) = (first.words.span, second.words.span)
    var difference: UInt64 = 0
    for word in 0..<30 { difference |= left[word] ^ right[word] }
    return difference == 0
  }
}
