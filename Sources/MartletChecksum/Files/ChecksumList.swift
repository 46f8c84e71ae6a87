// This file says `unsafe`: it looks into the buffer of its file.

/// A list of digests being read: what is there is handed out before the rest has come.
public struct ChecksumList {
  private let file: OpenFile
  private var reader: ChecksumReader
  private var hasEnded = false

  /// Opens a list; "-" is standard input.
  ///
  /// - Parameters:
  ///   - name: The list's name.
  ///   - separator: What earlier lists of the run had before their names.
  /// - Throws: ``FileFailure`` when it cannot be opened.
  public init(name: [UInt8], separator: ChecksumSeparator) throws(FileFailure) {
    file = try OpenFile(name: name)
    reader = ChecksumReader(
      separator: separator, isStandardInput: name == [UInt8(ascii: "-")])
  }

  /// What the lines so far have before their names.
  public var separator: ChecksumSeparator { reader.separator }

  /// Reads on; the entries, perhaps none, or `nil` at the end.
  ///
  /// - Throws: ``FileFailure`` when it cannot be read.
  public mutating func next() throws(FileFailure) -> [ChecksumReader.Entry]? {
    guard !hasEnded else { return nil }
    if try file.readPiece() { return unsafe reader.append(file.piece) }
    hasEnded = true
    return reader.finish()
  }
}
