/// One resource record of a DNS message, seen in place (RFC 1035, section 4.1.3).
public struct DNSRecord: ~Escapable {
  /// Where in the message it stands.
  public let section: DNSSection
  /// The name it belongs to.
  public let name: DNSName
  /// What it holds.
  public let type: DNSRecordType
  /// Its class.
  public let recordClass: DNSClass
  /// How long it may be kept: seconds. Numbers from 2³¹ on count as 0 (RFC 2181, section 8).
  public let timeToLive: UInt32
  private let message: RawSpan
  private let dataStart: Int
  private let dataEnd: Int

  @_lifetime(copy message)
  init(
    in message: RawSpan, section: DNSSection, at offset: Int
  ) throws(WireError) {
    let name = try DNSName(in: message, at: offset)
    let fields = offset &+ name.encodedLength
    guard fields &+ 10 <= message.byteCount else {
      throw .truncated(needed: fields &+ 10, available: message.byteCount)
    }
    let length = Int(message.load(UInt16.self, at: fields &+ 8))
    guard fields &+ 10 &+ length <= message.byteCount else {
      throw .truncated(needed: fields &+ 10 &+ length, available: message.byteCount)
    }
    let seconds: UInt32 = message.load(at: fields &+ 4)
    self.section = section
    self.name = name
    type = DNSRecordType(rawValue: message.load(at: fields))
    recordClass = DNSClass(rawValue: message.load(at: fields &+ 2))
    timeToLive = seconds >> 31 == 0 ? seconds : 0
    self.message = message
    dataStart = fields &+ 10
    dataEnd = fields &+ 10 &+ length
  }

  /// Where in the message the next record begins.
  var end: Int { dataEnd }

  /// What it holds, as it stands: names in it may be compressed, `target()` reads those.
  public var data: RawSpan {
    @_lifetime(copy self) get { message.extracting(dataStart..<dataEnd) }
  }

  /// A: the address. `nil` for another type, class or length.
  public var address: IPv4Address? {
    guard type == .a, dataEnd &- dataStart == 4 else { return nil }
    return message.loadIPv4Address(at: dataStart)
  }

  /// SRV: priority and weight of the target, and the port to reach it on (RFC 2782). `nil` for
  /// another type or a length that cannot be.
  public var service: DNSService? {
    guard type == .srv, dataEnd &- dataStart >= 7 else { return nil }
    return DNSService(
      priority: message.load(at: dataStart), weight: message.load(at: dataStart &+ 2),
      port: message.load(at: dataStart &+ 4))
  }

  /// CNAME, NS, PTR, SRV: the name it points to. Throws `badField` for another type and when the
  /// name does not end with the data, and what `DNSName` throws.
  @_lifetime(copy self)
  public func target() throws(WireError) -> DNSName {
    let start: Int
    switch type {
    case .cname, .ns, .ptr: start = dataStart
    case .srv: start = dataStart &+ 6
    default: throw .badField
    }
    let name = try DNSName(in: message, at: start)
    guard start &+ name.encodedLength == dataEnd else { throw .badField }
    return name
  }

  /// TXT: its strings. Those of another type make no sense.
  public var strings: DNSStringIterator {
    @_lifetime(copy self) get { DNSStringIterator(data) }
  }
}
