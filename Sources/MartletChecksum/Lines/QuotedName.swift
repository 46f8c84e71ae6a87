/// A file's name for people, as the tools that people know write it in messages: as it is where a shell
/// would take it as one word; else in quotes, with what a terminal would obey written as escapes.
///
///     no such      'no such'
///     it's         "it's"
///     a<newline>b  'a'$'\n''b'
public struct QuotedName {
  /// The text.
  public private(set) var bytes: [UInt8]

  private static let special = Array(" !\"$&()*;<=>[^`|':?\\".utf8)
  /// What may stand between double quotes as it is.
  private static let plain = Array(" %+,-./:@]_'".utf8)
  private static let letters: [UInt8: Character] = [
    7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r",
  ]

  /// Quotes a name.
  ///
  /// - Parameters:
  ///   - name: The name's bytes.
  ///   - isUTF8: Whether the reader's terminal shows UTF-8; without it bytes from 0x80 are escaped.
  public init(_ name: [UInt8], isUTF8: Bool) {
    let pieces = Self.pieces(of: name, isUTF8: isUTF8)
    guard Self.needsQuotes(name) || pieces.contains(where: \.isEscaped) else {
      bytes = name
      return
    }
    let isCompatible = pieces.enumerated().allSatisfy { index, piece in
      !piece.isEscaped
        && (Self.isPlain(piece.bytes) || index == 0 && Self.isSpecialFirst(piece.bytes[0]))
    }
    if name.contains(UInt8(ascii: "'")), isCompatible {
      bytes = [UInt8(ascii: "\"")] + name + [UInt8(ascii: "\"")]
      return
    }
    bytes = [UInt8(ascii: "'")]
    var isEscaping = false
    for piece in pieces {
      if piece.isEscaped != isEscaping { bytes += Array((isEscaping ? "''" : "'$'").utf8) }
      isEscaping = piece.isEscaped
      bytes += piece.bytes == [UInt8(ascii: "'")] ? Array("'\\''".utf8) : piece.bytes
    }
    bytes.append(UInt8(ascii: "'"))
  }

  /// One character of the name: as it is, or as an escape.
  private struct Piece {
    let bytes: [UInt8]
    let isEscaped: Bool
  }

  private static func pieces(of name: [UInt8], isUTF8: Bool) -> [Piece] {
    var pieces: [Piece] = []
    var rest = name[...]
    while let byte = rest.first {
      let length = isUTF8 ? printableLength(rest) : byte >= 0x20 && byte < 0x7f ? 1 : 0
      if length > 0 {
        pieces.append(Piece(bytes: Array(rest.prefix(length)), isEscaped: false))
      } else {
        pieces.append(Piece(bytes: escape(byte), isEscaped: true))
      }
      rest = rest.dropFirst(max(1, length))
    }
    return pieces
  }

  /// The length of the printable character at the start; 0 if there is none.
  private static func printableLength(_ bytes: ArraySlice<UInt8>) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return 0 }
    switch scalar.properties.generalCategory {
    case .control, .unassigned, .privateUse, .surrogate, .lineSeparator, .paragraphSeparator:
      return 0
    default: return UTF8.width(scalar)
    }
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    if let letter = letters[byte] { return Array("\\\(letter)".utf8) }
    return [UInt8(ascii: "\\")] + [byte >> 6, byte >> 3 & 7, byte & 7].map { 0x30 + $0 }
  }

  private static func needsQuotes(_ name: [UInt8]) -> Bool {
    guard let first = name.first else { return true }
    if isSpecialFirst(first) { return true }
    if name.count == 1, first == UInt8(ascii: "{") || first == UInt8(ascii: "}") { return true }
    return name.contains { special.contains($0) }
  }

  private static func isSpecialFirst(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "#") || byte == UInt8(ascii: "~")
  }

  private static func isPlain(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 1, let byte = bytes.first else { return true }
    let isLetter = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    return isLetter || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || plain.contains(byte)
  }
}
