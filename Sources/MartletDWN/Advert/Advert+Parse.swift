public import MartletHTTP

extension Advert {
  /// Reads a datagram. Keys that are not known are passed over; a known one with a value of the
  /// wrong type makes the whole advert invalid.
  public init(parsing text: ByteText) throws(AdvertError) {
    guard text.count <= DWN.maximumLength else { throw .tooLong(text.count) }
    self.init(name: ShortText(), id: ShortText())
    version = 0
    var reader = JSONReader(text)
    var seen: UInt16 = 0
    guard try Self.next(&reader) == .objectStart else { throw .notAnObject }
    while case .key(let text)? = try Self.next(&reader) {
      guard let key = Self.key(text, reader) else {
        try Self.skip(&reader)
        continue
      }
      let bit = UInt16(1) << UInt16(key.rawValue)
      guard seen & bit == 0 else { throw .repeated(key) }
      seen |= bit
      try take(key, &reader)
    }
    guard try Self.next(&reader) == nil else { throw .notAnObject }
    guard seen & 1 != 0 else { throw .missing(.name) }
    guard seen & 2 != 0 else { throw .missing(.id) }
  }

  private static func key(_ text: JSONReader.Text, _ reader: borrowing JSONReader) -> AdvertKey? {
    for key in AdvertKey.allCases where reader.text(text, equals: key.word) { return key }
    return nil
  }

  private mutating func take(
    _ key: AdvertKey, _ reader: inout JSONReader
  ) throws(AdvertError) {
    switch key {
    case .name:
      name = try Self.text(key, &reader)
      guard name.count > 0 else { throw .badValue(key) }
    case .id:
      id = try Self.text(key, &reader)
      guard id.isIdentifier else { throw .badValue(key) }
    case .firmware: firmware = try Self.text(key, &reader)
    case .version: version = try Self.number(key, &reader, in: 1...UInt8.max)
    case .boots: boots = try Self.number(key, &reader, in: 0...UInt32.max)
    case .uptime: uptime = try Self.number(key, &reader, in: 0...UInt32.max)
    case .port: port = try Self.number(key, &reader, in: 1...UInt16.max)
    case .webPort: webPort = try Self.number(key, &reader, in: 1...UInt16.max)
    case .capabilities: try takeCapabilities(&reader)
    case .authentication: try takeAuthentication(&reader)
    case .leaving: isLeaving = try Self.number(key, &reader, in: UInt8(0)...1) == 1
    }
  }

  private static func text(
    _ key: AdvertKey, _ reader: inout JSONReader
  ) throws(AdvertError) -> ShortText {
    guard case .string(let text)? = try next(&reader) else { throw .badValue(key) }
    var output = OutputBuffer(capacity: ShortText.capacity)
    reader.append(text, to: &output)
    guard !output.hasOverflowed, let short = ShortText(ByteText(output.bytes)) else {
      throw .badValue(key)
    }
    return short
  }

  private static func number<Number: FixedWidthInteger>(
    _ key: AdvertKey, _ reader: inout JSONReader, in range: ClosedRange<Number>
  ) throws(AdvertError) -> Number {
    guard case .number(let value)? = try next(&reader), let integer = value.integer,
      let number = Number(exactly: integer), range.contains(number)
    else { throw .badValue(key) }
    return number
  }

  private mutating func takeCapabilities(_ reader: inout JSONReader) throws(AdvertError) {
    guard try Self.next(&reader) == .arrayStart else { throw .badValue(.capabilities) }
    while let event = try Self.next(&reader), event != .arrayEnd {
      guard case .string(let text) = event else { throw .badValue(.capabilities) }
      for bit in 0..<NodeCapabilities.wordCount
      where reader.text(text, equals: NodeCapabilities.word(bit)) {
        capabilities.insert(NodeCapabilities(rawValue: 1 << UInt16(bit)))
      }
    }
  }

  private mutating func takeAuthentication(_ reader: inout JSONReader) throws(AdvertError) {
    guard case .string(let text)? = try Self.next(&reader) else {
      throw .badValue(.authentication)
    }
    if reader.text(text, equals: "none") {
      authentication = .none
    } else if reader.text(text, equals: "optional") {
      authentication = .optional
    } else if reader.text(text, equals: "required") {
      authentication = .required
    } else {
      throw .badValue(.authentication)
    }
  }

  // MARK: The reader's errors as an advert's

  private static func next(_ reader: inout JSONReader) throws(AdvertError) -> JSONReader.Event? {
    do throws(JSONError) {
      return try reader.next()
    } catch {
      throw .notJSON(error)
    }
  }

  private static func skip(_ reader: inout JSONReader) throws(AdvertError) {
    do throws(JSONError) {
      try reader.skipValue()
    } catch {
      throw .notJSON(error)
    }
  }
}
