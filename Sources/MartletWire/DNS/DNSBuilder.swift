/// Writes a DNS message: a query, or an answer.
///
/// Names are given as text with dots and without escapes. A name that is the first question's is
/// written as a pointer to it; others stand in full.
///
/// ```swift
/// var message = try DNSBuilder(.query(identifier: id), into: &bytes)
/// try message.appendQuestion(name, type: .a)
/// send(message.length)
/// ```
public struct DNSBuilder: ~Copyable, ~Escapable {
  private var bytes: MutableRawSpan
  /// The bytes written so far.
  public private(set) var length = DNSHeader.length
  /// The section written last; 0 is the questions.
  private var section = 0

  /// Writes the header; throws `truncated` when it does not fit.
  @_lifetime(&bytes)
  public init(_ header: DNSHeader, into bytes: inout MutableRawSpan) throws(WireError) {
    guard bytes.byteCount >= 12 else {
      throw .truncated(needed: 12, available: bytes.byteCount)
    }
    bytes.store(header.identifier, at: 0)
    bytes.store(header.flags, at: 2)
    bytes.store(UInt64(0), at: 4)
    self.bytes = bytes._mutatingExtracting(0..<bytes.byteCount)
  }

  /// Appends a question.
  ///
  /// As every `append` here: throws `truncated` when it does not fit, `badLength` for a name of
  /// more than 255 bytes or a label of none or more than 63, `badField` when its section is
  /// already passed or full, and leaves the message as it was.
  @_lifetime(self: copy self)
  public mutating func appendQuestion(
    _ name: RawSpan, type: DNSRecordType, recordClass: DNSClass = .internet
  ) throws(WireError) {
    try check(section: 0)
    var end = try put(name: name, at: length)
    end = try put(type.rawValue, at: end)
    end = try put(recordClass.rawValue, at: end)
    commit(section: 0, end: end)
  }

  /// Appends the question of a query that is answered, its name spelled as it came.
  @_lifetime(self: copy self)
  public mutating func appendQuestion(_ question: borrowing DNSQuestion) throws(WireError) {
    try check(section: 0)
    let needed = length &+ question.name.expandedLength &+ 4
    guard needed <= bytes.byteCount else {
      throw .truncated(needed: needed, available: bytes.byteCount)
    }
    var end = length
    var labels = question.name.labels
    while let label = labels.next() { end = try put(label: label, at: end) }
    end = try put(UInt8(0), at: end)
    end = try put(question.type.rawValue, at: end)
    end = try put(question.recordClass.rawValue, at: end)
    commit(section: 0, end: end)
  }

  /// Appends a record whose data are bytes: AAAA, TXT with its length bytes, or any other.
  @_lifetime(self: copy self)
  public mutating func append(
    _ section: DNSSection = .answer, name: RawSpan, type: DNSRecordType, timeToLive: UInt32,
    data: RawSpan
  ) throws(WireError) {
    let start = try begin(section, name: name, type: type, timeToLive: timeToLive)
    guard data.byteCount <= bytes.byteCount &- start else {
      throw .truncated(needed: start &+ data.byteCount, available: bytes.byteCount)
    }
    bytes.copy(data, at: start)
    try finish(section, dataStart: start, end: start &+ data.byteCount)
  }

  /// Appends an A record.
  @_lifetime(self: copy self)
  public mutating func append(
    _ section: DNSSection = .answer, name: RawSpan, timeToLive: UInt32, address: IPv4Address
  ) throws(WireError) {
    let start = try begin(section, name: name, type: .a, timeToLive: timeToLive)
    try finish(section, dataStart: start, end: try put(address.rawValue, at: start))
  }

  /// Appends a CNAME, NS or PTR record, which points to `target`.
  @_lifetime(self: copy self)
  public mutating func append(
    _ section: DNSSection = .answer, name: RawSpan, type: DNSRecordType, timeToLive: UInt32,
    target: RawSpan
  ) throws(WireError) {
    let start = try begin(section, name: name, type: type, timeToLive: timeToLive)
    try finish(section, dataStart: start, end: try put(name: target, at: start))
  }

  /// Appends an SRV record: the service is on `target`. That name is never compressed (RFC 2782).
  @_lifetime(self: copy self)
  public mutating func append(
    _ section: DNSSection = .answer, name: RawSpan, timeToLive: UInt32, service: DNSService,
    target: RawSpan
  ) throws(WireError) {
    let start = try begin(section, name: name, type: .srv, timeToLive: timeToLive)
    var end = try put(service.priority, at: start)
    end = try put(service.weight, at: end)
    end = try put(service.port, at: end)
    try finish(section, dataStart: start, end: try put(labelsOf: target, at: end))
  }

  // MARK: Parts

  private func check(section next: Int) throws(WireError) {
    guard next >= section, bytes.load(UInt16.self, at: 4 &+ 2 &* next) < UInt16.max else {
      throw .badField
    }
  }

  @_lifetime(self: copy self)
  private mutating func commit(section next: Int, end: Int) {
    let place = 4 &+ 2 &* next
    bytes.store(bytes.load(UInt16.self, at: place) &+ 1, at: place)
    section = next
    length = end
  }

  /// Writes a record up to its data and returns where these begin.
  @_lifetime(self: copy self)
  private mutating func begin(
    _ section: DNSSection, name: RawSpan, type: DNSRecordType, timeToLive: UInt32
  ) throws(WireError) -> Int {
    try check(section: section.rawValue)
    var end = try put(name: name, at: length)
    end = try put(type.rawValue, at: end)
    end = try put(DNSClass.internet.rawValue, at: end)
    end = try put(timeToLive, at: end)
    return try put(UInt16(0), at: end)
  }

  @_lifetime(self: copy self)
  private mutating func finish(
    _ section: DNSSection, dataStart: Int, end: Int
  ) throws(WireError) {
    guard let count = UInt16(exactly: end &- dataStart) else {
      throw .badLength(end &- dataStart)
    }
    bytes.store(count, at: dataStart &- 2)
    commit(section: section.rawValue, end: end)
  }

  /// Writes a name, as a pointer when it is the first question's.
  @_lifetime(self: copy self)
  private mutating func put(name: RawSpan, at offset: Int) throws(WireError) -> Int {
    if isFirstQuestion(name) { return try put(UInt16(0xC000 | 12), at: offset) }
    return try put(labelsOf: name, at: offset)
  }

  private func isFirstQuestion(_ name: RawSpan) -> Bool {
    guard bytes.load(UInt16.self, at: 4) > 0 else { return false }
    let written = bytes.bytes.extracting(0..<length)
    guard let first = try? DNSName(in: written, at: 12) else { return false }
    return !first.isRoot && first.matches(text: name)
  }

  @_lifetime(self: copy self)
  private mutating func put(labelsOf name: RawSpan, at offset: Int) throws(WireError) -> Int {
    guard name.byteCount <= 254 else { throw .badLength(name.byteCount) }
    var end = offset
    var labels = DNSTextLabels(name)
    while let label = labels.next() { end = try put(label: label, at: end) }
    end = try put(UInt8(0), at: end)
    guard end &- offset <= 255 else { throw .badLength(end &- offset) }
    return end
  }

  @_lifetime(self: copy self)
  private mutating func put(label: RawSpan, at offset: Int) throws(WireError) -> Int {
    guard label.byteCount >= 1, label.byteCount <= 63 else { throw .badLength(label.byteCount) }
    let start = try put(UInt8(truncatingIfNeeded: label.byteCount), at: offset)
    guard label.byteCount <= bytes.byteCount &- start else {
      throw .truncated(needed: start &+ label.byteCount, available: bytes.byteCount)
    }
    bytes.copy(label, at: start)
    return start &+ label.byteCount
  }

  @_lifetime(self: copy self)
  private mutating func put<T: FixedWidthInteger & BitwiseCopyable>(
    _ value: T, at offset: Int
  ) throws(WireError) -> Int {
    let end = offset &+ MemoryLayout<T>.size
    guard end <= bytes.byteCount else {
      throw .truncated(needed: end, available: bytes.byteCount)
    }
    bytes.store(value, at: offset)
    return end
  }
}
