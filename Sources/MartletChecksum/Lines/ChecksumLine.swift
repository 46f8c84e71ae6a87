public import MartletDigest

/// A line of a checksum file: a digest and the name of a file, in the format of `sha256sum`.
///
/// Names are bytes: a file system has no encoding. A name with a line feed, a carriage return or a
/// backslash is written with escapes, and the line begins with a backslash.
public struct ChecksumLine: Equatable, Sendable {
  /// The digest of the file.
  public let digest: SHA256Digest
  /// The file's name.
  public let name: [UInt8]

  /// Makes a line to be written.
  public init(digest: SHA256Digest, name: [UInt8]) {
    self.digest = digest
    self.name = name
  }

  /// Reads a line without its end: "digest, space, space or asterisk, name", or
  /// "SHA256 (name) = digest", also without those spaces; `nil` for anything else. A zero byte ends
  /// a name.
  ///
  /// - Parameters:
  ///   - line: The bytes.
  ///   - separator: What earlier lines had before their names, and this one with them.
  public init?(parsing line: some Collection<UInt8>, separator: inout ChecksumSeparator) {
    var rest = ArraySlice(line).drop(while: Self.isBlank)
    let isEscaped = rest.first == UInt8(ascii: "\\")
    if isEscaped { rest.removeFirst() }
    let isTagged = rest.starts(with: Self.tag)
    guard
      let (digits, name) = isTagged ? Self.tagged(rest) : Self.plain(rest, separator: &separator),
      let digest = Self.digest(digits),
      let name = isEscaped ? Self.unescaped(name) : Array(name.prefix { $0 != 0 })
    else { return nil }
    self.init(digest: digest, name: name)
  }

  private typealias Parts = (digits: ArraySlice<UInt8>, name: ArraySlice<UInt8>)

  private static let tag = Array("SHA256".utf8)

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private static func tagged(_ line: ArraySlice<UInt8>) -> Parts? {
    var rest = line.dropFirst(tag.count)
    if rest.first == UInt8(ascii: " ") { rest.removeFirst() }
    guard rest.first == UInt8(ascii: "("), let end = rest.lastIndex(of: UInt8(ascii: ")")) else {
      return nil
    }
    let name = rest[(rest.startIndex + 1)..<end]
    rest = rest[(end + 1)...].drop(while: isBlank)
    guard rest.first == UInt8(ascii: "=") else { return nil }
    return (rest.dropFirst().drop(while: isBlank).prefix { $0 != 0 }, name)
  }

  private static func plain(
    _ line: ArraySlice<UInt8>, separator: inout ChecksumSeparator
  ) -> Parts? {
    let digits = line.prefix(64)
    var name = line.dropFirst(64)
    guard name.count > 1, name.first.map(isBlank) == true, digest(digits) != nil else {
      return nil
    }
    name.removeFirst()
    if name.count == 1 || name.first != UInt8(ascii: " ") && name.first != UInt8(ascii: "*") {
      guard separator != .twoCharacters else { return nil }
      separator = .oneCharacter
    } else if separator != .oneCharacter {
      separator = .twoCharacters
      name.removeFirst()
    }
    return (digits, name)
  }

  private static func digest(_ digits: ArraySlice<UInt8>) -> SHA256Digest? {
    SHA256Digest(hex: String(decoding: digits, as: UTF8.self))
  }

  // MARK: Writing

  /// The line with its end: in the tagged form "SHA256 (name) = digest"; with an asterisk before
  /// the name for binary mode; with a zero byte at its end instead of a line feed, and the name as
  /// it is.
  public func text(
    isTagged: Bool = false, isBinary: Bool = false, endsWithZero: Bool = false
  ) -> [UInt8] {
    let needsEscapes = !endsWithZero && Self.needsEscapes(name)
    let name = needsEscapes ? Self.escaped(self.name) : self.name
    var text: [UInt8] = needsEscapes ? [UInt8(ascii: "\\")] : []
    if isTagged {
      text += Array("SHA256 (".utf8) + name + Array(") = ".utf8) + Array(digest.hex.utf8)
    } else {
      text += Array(digest.hex.utf8) + Array((isBinary ? " *" : "  ").utf8) + name
    }
    return text + [endsWithZero ? 0 : UInt8(ascii: "\n")]
  }

  /// The name for a line of a report: as it is, unless it would break the line; then with escapes
  /// and a backslash before it.
  public var reportedName: [UInt8] {
    let breaksLine = name.contains(UInt8(ascii: "\n"))
    return breaksLine ? [UInt8(ascii: "\\")] + Self.escaped(name) : name
  }

  private static let escapes: [(byte: UInt8, letter: UInt8)] = [
    (UInt8(ascii: "\\"), UInt8(ascii: "\\")), (UInt8(ascii: "\n"), UInt8(ascii: "n")),
    (UInt8(ascii: "\r"), UInt8(ascii: "r")),
  ]

  private static func needsEscapes(_ name: [UInt8]) -> Bool {
    name.contains { byte in escapes.contains { $0.byte == byte } }
  }

  private static func escaped(_ name: [UInt8]) -> [UInt8] {
    name.reduce(into: []) { text, byte in
      if let escape = escapes.first(where: { $0.byte == byte }) {
        text += [UInt8(ascii: "\\"), escape.letter]
      } else {
        text.append(byte)
      }
    }
  }

  private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var name: [UInt8] = []
    var iterator = text.makeIterator()
    while let byte = iterator.next() {
      guard byte == UInt8(ascii: "\\") else {
        // A name cannot hold a zero byte: it would end there.
        guard byte != 0 else { return nil }
        name.append(byte)
        continue
      }
      guard let letter = iterator.next(),
        let escape = escapes.first(where: { $0.letter == letter })
      else { return nil }
      name.append(escape.byte)
    }
    return name
  }
}
