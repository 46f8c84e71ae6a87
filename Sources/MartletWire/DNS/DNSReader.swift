/// Reads a DNS message from front to back (RFC 1035, section 4).
///
/// ```swift
/// var message = try DNSReader(datagram)
/// while let record = try message.nextRecord() {
///   if let address = record.address { … }
/// }
/// ```
public struct DNSReader: ~Escapable {
  /// Identifier and flags.
  public let header: DNSHeader
  private let message: RawSpan
  private var offset = DNSHeader.length
  private var questionsLeft: Int
  /// The records left in answer, authority and additional section.
  private var recordsLeft: (Int, Int, Int)

  /// Checks that the header is there; throws `truncated`. Counts are believed only as far as the
  /// message goes.
  @_lifetime(copy message)
  public init(_ message: RawSpan) throws(WireError) {
    guard message.byteCount >= 12 else {
      throw .truncated(needed: 12, available: message.byteCount)
    }
    self.message = message
    header = DNSHeader(identifier: message.load(at: 0), flags: message.load(at: 2))
    questionsLeft = Int(message.load(UInt16.self, at: 4))
    recordsLeft = (
      Int(message.load(UInt16.self, at: 6)), Int(message.load(UInt16.self, at: 8)),
      Int(message.load(UInt16.self, at: 10))
    )
  }

  /// The next question; `nil` after the last. Throws what `DNSName` throws, and `truncated`; the
  /// message ends there.
  @_lifetime(copy self)
  public mutating func nextQuestion() throws(WireError) -> DNSQuestion? {
    guard questionsLeft > 0 else { return nil }
    questionsLeft &-= 1
    let name = try DNSName(in: message, at: offset)
    let fields = offset &+ name.encodedLength
    guard fields &+ 4 <= message.byteCount else {
      throw .truncated(needed: fields &+ 4, available: message.byteCount)
    }
    offset = fields &+ 4
    return DNSQuestion(
      name: name, type: DNSRecordType(rawValue: message.load(at: fields)),
      recordClass: DNSClass(rawValue: message.load(at: fields &+ 2)))
  }

  /// The next record of any section, after the questions; `nil` after the last. Throws what
  /// `DNSName` throws, and `truncated`; the message ends there.
  @_lifetime(copy self)
  public mutating func nextRecord() throws(WireError) -> DNSRecord? {
    while questionsLeft > 0 { _ = try nextQuestion() }
    guard let section = takeSection() else { return nil }
    let record = try DNSRecord(in: message, section: section, at: offset)
    offset = record.end
    return record
  }

  private mutating func takeSection() -> DNSSection? {
    if recordsLeft.0 > 0 {
      recordsLeft.0 &-= 1
      return .answer
    }
    if recordsLeft.1 > 0 {
      recordsLeft.1 &-= 1
      return .authority
    }
    guard recordsLeft.2 > 0 else { return nil }
    recordsLeft.2 &-= 1
    return .additional
  }
}
