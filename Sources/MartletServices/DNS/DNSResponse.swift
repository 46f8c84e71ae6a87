internal import MartletWire

/// What a name server's message says about the address of one name.
enum DNSResponse: Equatable {
  /// The addresses, to be kept for so many seconds.
  case addresses([IPv4Address], seconds: UInt32)
  /// The name is another's alias, of whom the message says no more.
  case alias(DomainName, seconds: UInt32)
  /// There is no such name, or no address, for so many seconds.
  case absent(DNSFailure, seconds: UInt32)
  /// The answer did not fit.
  case truncated
  /// The server cannot, or will not, say.
  case failed
  /// Aliases lead to aliases, too often.
  case tooManyAliases

  /// The aliases that are followed.
  static var aliasLimit: Int { 8 }

  /// Reads an answer to the question for `name`; `nil` for what is none: another identifier, another
  /// question, a query, or bytes that are no message.
  init?(_ bytes: RawSpan, identifier: UInt16, name: DomainName) {
    guard let response = try? Self.read(bytes, identifier: identifier, name: name) else {
      return nil
    }
    self = response
  }

  private static func read(
    _ bytes: RawSpan, identifier: UInt16, name: DomainName
  ) throws(WireError) -> Self? {
    var reader = try DNSReader(bytes)
    let header = reader.header
    guard header.isResponse, header.operation == 0, header.identifier == identifier,
      let question = try reader.nextQuestion(), question.type == .a,
      question.recordClass == .internet, question.name.matches(text: name.ascii.rawBytes)
    else { return nil }
    if header.isTruncated { return .truncated }
    switch header.responseCode {
    case .noError: return try followAliases(from: name, in: bytes)
    case .nameError: return .absent(.noSuchName, seconds: try negativeTime(in: bytes))
    default: return .failed
    }
  }

  /// Records come in any order: each alias is another walk through them.
  private static func followAliases(
    from name: DomainName, in bytes: RawSpan
  ) throws(WireError) -> Self {
    var current = name
    var seconds: UInt32 = 86_400
    for _ in 0...aliasLimit {
      var reader = try DNSReader(bytes)
      var addresses: [IPv4Address] = []
      var alias: DomainName?
      while let record = try reader.nextRecord(), record.section == .answer {
        guard record.recordClass == .internet,
          record.name.matches(text: current.ascii.rawBytes)
        else { continue }
        if let address = record.address, addresses.count < 16 {
          addresses.append(address)
        } else if record.type == .cname {
          alias = try domainName(record.target())
          guard alias != nil else { return .failed }
        } else {
          continue
        }
        seconds = min(seconds, record.timeToLive)
      }
      if !addresses.isEmpty { return .addresses(addresses, seconds: seconds) }
      guard let alias else {
        if current != name { return .alias(current, seconds: seconds) }
        return .absent(.noAddress, seconds: try negativeTime(in: bytes))
      }
      current = alias
    }
    return .tooManyAliases
  }

  /// A name from a message as one that can be asked for; `nil` when it holds what names must not.
  private static func domainName(_ name: borrowing DNSName) -> DomainName? {
    var text: [UInt8] = []
    var labels = name.labels
    while let label = labels.next() {
      if !text.isEmpty { text.append(UInt8(ascii: ".")) }
      for offset in 0..<label.byteCount { text.append(label.load(UInt8.self, at: offset)) }
    }
    return DomainName(ascii: text)
  }

  /// How long an absence holds: what the zone's SOA record says, five minutes at most (RFC 2308,
  /// section 5).
  private static func negativeTime(in bytes: RawSpan) throws(WireError) -> UInt32 {
    var reader = try DNSReader(bytes)
    while let record = try reader.nextRecord() {
      guard record.section == .authority, record.type == .soa else { continue }
      let data = record.data
      guard data.byteCount >= 20 else { return 0 }
      let minimum = data.load(UInt32.self, at: data.byteCount - 4)
      return min(300, min(minimum, record.timeToLive))
    }
    return 0
  }
}
