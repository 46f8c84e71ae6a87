/// A host's name as it is asked for: labels of letters, digits, hyphens and underscores with dots
/// between them, in lower case, without a dot at the end.
public struct DomainName: Equatable, Sendable {
  /// Its characters, 1 to 253.
  public let ascii: [UInt8]

  /// Reads a name (RFC 1035, section 2.3.1; RFC 1123, section 2.1); a dot at the end is allowed.
  ///
  /// `nil` when a label is empty or longer than 63 characters, begins or ends with a hyphen, the
  /// whole is empty or longer than 253, or holds any other character.
  public init?<Characters: Sequence<UInt8>>(ascii characters: Characters) {
    var name: [UInt8] = []
    var labelLength = 0
    for character in characters {
      guard name.count < 255 else { return nil }
      if character == UInt8(ascii: ".") {
        guard labelLength > 0, name.last != UInt8(ascii: "-") else { return nil }
        labelLength = 0
      } else {
        guard Self.isAllowed(character, first: labelLength == 0), labelLength < 63 else {
          return nil
        }
        labelLength += 1
      }
      let isUpper = character >= UInt8(ascii: "A") && character <= UInt8(ascii: "Z")
      name.append(isUpper ? character | 0x20 : character)
    }
    if name.last == UInt8(ascii: ".") { name.removeLast() }
    guard let last = name.last, last != UInt8(ascii: "-"), name.count <= 253 else { return nil }
    ascii = name
  }

  private static func isAllowed(_ character: UInt8, first: Bool) -> Bool {
    switch character {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    case UInt8(ascii: "-"): !first
    default: false
    }
  }
}
