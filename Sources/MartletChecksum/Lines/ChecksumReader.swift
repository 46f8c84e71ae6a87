/// Takes a list of digests apart, in pieces as they come.
public struct ChecksumReader: Sendable {
  /// What stands in a line that is neither empty nor a comment.
  public enum Entry: Equatable, Sendable {
    /// A digest and a name.
    case line(ChecksumLine)
    /// Neither: the line's number, from 1.
    case improper(Int)
  }

  /// What the lines so far have before their names; it is handed from one list of a run to the next.
  public private(set) var separator: ChecksumSeparator
  private let isStandardInput: Bool
  private var number = 0
  /// The beginning of a line whose end has not come.
  private var rest: [UInt8] = []

  /// Starts a list.
  ///
  /// - Parameters:
  ///   - separator: What earlier lists of the run had.
  ///   - isStandardInput: Whether the list comes from there: then it cannot name it.
  public init(separator: ChecksumSeparator = .unknown, isStandardInput: Bool = false) {
    self.separator = separator
    self.isStandardInput = isStandardInput
  }

  /// The entries of the lines that `piece` completes.
  public mutating func append(_ piece: some Sequence<UInt8>) -> [Entry] {
    let searched = rest.count
    rest += piece
    var entries: [Entry] = []
    var start = 0
    while let end = rest[max(start, searched)...].firstIndex(of: UInt8(ascii: "\n")) {
      if let entry = entry(rest[start..<end]) { entries.append(entry) }
      start = end + 1
    }
    rest.removeFirst(start)
    return entries
  }

  /// The entry of a last line that has no end.
  public mutating func finish() -> [Entry] {
    defer { rest = [] }
    guard !rest.isEmpty else { return [] }
    return entry(rest[...]).map { [$0] } ?? []
  }

  private mutating func entry(_ line: ArraySlice<UInt8>) -> Entry? {
    number += 1
    guard line.first != UInt8(ascii: "#") else { return nil }
    let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    guard !line.isEmpty else { return nil }
    guard let line = ChecksumLine(parsing: line, separator: &separator),
      !isStandardInput || line.name != [UInt8(ascii: "-")]
    else { return .improper(number) }
    return .line(line)
  }
}
