/// Writes a DHCP message option by option.
///
/// ```swift
/// var message = try DHCPv4Builder(header, type: .discover, into: &bytes)
/// try message.append(.requestedAddress, address)
/// let length = try message.finish()
/// ```
public struct DHCPv4Builder: ~Copyable, ~Escapable {
  private var bytes: MutableRawSpan
  /// The bytes written so far.
  public private(set) var length = DHCPv4Header.length + 3

  /// Writes the fixed fields and the message type, which comes first; throws `truncated` when they
  /// do not fit.
  @_lifetime(&bytes)
  public init(
    _ header: DHCPv4Header, type: DHCPv4MessageType, into bytes: inout MutableRawSpan
  ) throws(WireError) {
    guard bytes.byteCount >= DHCPv4Header.length + 3 else {
      throw .truncated(needed: DHCPv4Header.length + 3, available: bytes.byteCount)
    }
    try header.emit(into: &bytes)
    bytes.store(DHCPv4OptionCode.messageType.rawValue, at: DHCPv4Header.length)
    bytes.store(UInt8(1), at: DHCPv4Header.length + 1)
    bytes.store(type.rawValue, at: DHCPv4Header.length + 2)
    self.bytes = bytes._mutatingExtracting(0..<bytes.byteCount)
  }

  /// Appends an option of any bytes; throws `badLength` beyond 255, `truncated` when it does not
  /// fit, and leaves the message as it was.
  @_lifetime(self: copy self)
  public mutating func append(_ code: DHCPv4OptionCode, _ data: RawSpan) throws(WireError) {
    try begin(code, length: data.byteCount)
    bytes.copy(data, at: length)
    length &+= data.byteCount
  }

  /// Appends an option of two bytes.
  @_lifetime(self: copy self)
  public mutating func append(_ code: DHCPv4OptionCode, _ value: UInt16) throws(WireError) {
    try begin(code, length: 2)
    put(value)
  }

  /// Appends an option of four bytes, a time in seconds for one.
  @_lifetime(self: copy self)
  public mutating func append(_ code: DHCPv4OptionCode, _ value: UInt32) throws(WireError) {
    try begin(code, length: 4)
    put(value)
  }

  /// Appends an option that is one address.
  @_lifetime(self: copy self)
  public mutating func append(_ code: DHCPv4OptionCode, _ address: IPv4Address) throws(WireError) {
    try append(code, address.rawValue)
  }

  /// Appends the list of the options that a client wants.
  @_lifetime(self: copy self)
  public mutating func appendParameterRequestList(
    _ codes: [DHCPv4OptionCode]
  ) throws(WireError) {
    try begin(.parameterRequestList, length: codes.count)
    for code in codes { put(code.rawValue) }
  }

  /// Ends the options, pads the message to the 300 bytes that old BOOTP relays demand (RFC 1542,
  /// section 2.1) and returns its length; throws `truncated` when that does not fit.
  @_lifetime(self: copy self)
  public mutating func finish() throws(WireError) -> Int {
    let total = max(length &+ 1, 300)
    guard total <= bytes.byteCount else {
      throw .truncated(needed: total, available: bytes.byteCount)
    }
    put(UInt8(255))
    bytes.zero(length..<total)
    length = total
    return total
  }

  @_lifetime(self: copy self)
  private mutating func begin(_ code: DHCPv4OptionCode, length count: Int) throws(WireError) {
    guard let field = UInt8(exactly: count) else { throw .badLength(count) }
    guard count &+ 2 <= bytes.byteCount &- length else {
      throw .truncated(needed: length &+ count &+ 2, available: bytes.byteCount)
    }
    put(code.rawValue)
    put(field)
  }

  @_lifetime(self: copy self)
  private mutating func put<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
    bytes.store(value, at: length)
    length &+= MemoryLayout<T>.size
  }
}
