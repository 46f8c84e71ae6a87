extension RequestHead {
  /// Takes the request line, without its line end (RFC 9112 section 3).
  mutating func parseRequestLine(_ line: Range<Int>, limits: Limits) throws(RequestError) {
    guard let firstSpace = firstIndex(of: .space, in: line) else { throw .badRequestLine }
    let methodRange = line.lowerBound..<firstSpace
    guard isToken(methodRange) else { throw .badRequestLine }
    guard methodRange.count <= RequestParser.longestMethod else { throw .methodTooLong }
    method = Method(ByteText(bytes, methodRange))
    let rest = firstSpace + 1..<line.upperBound
    guard let secondSpace = firstIndex(of: .space, in: rest) else { throw .badRequestLine }
    isVersion11 = try minorVersion(secondSpace + 1..<line.upperBound) >= 1
    keepsAlive = isVersion11
    targetRange = rest.lowerBound..<secondSpace
    guard targetRange.count <= limits.targetLength else { throw .targetTooLong }
    try parseTarget()
  }

  private func minorVersion(_ range: Range<Int>) throws(RequestError) -> UInt8 {
    let text = ByteText(bytes, range)
    guard text.count == 8, text.hasPrefix("HTTP/"), text[6] == .dot,
      let major = text[5].decimalDigit, let minor = text[7].decimalDigit
    else { throw .badRequestLine }
    guard major == 1 else { throw .versionNotSupported }
    return minor
  }

  /// Takes origin-form and, as a server must, absolute-form; `*` for OPTIONS alone.
  private mutating func parseTarget() throws(RequestError) {
    guard !targetRange.isEmpty else { throw .badRequestLine }
    for index in targetRange {
      // A fragment is no part of a target.
      guard bytes[index] > 0x20, bytes[index] < 0x7F, bytes[index] != 0x23 else {
        throw .badTarget
      }
    }
    if method == .options, target.equals("*") {
      pathRange = targetRange
      queryRange = targetRange.upperBound..<targetRange.upperBound
      return
    }
    var start = targetRange.lowerBound
    if isAbsolute(targetRange) {
      start += 7
      guard let slash = firstIndex(of: .slash, in: start..<targetRange.upperBound), slash > start
      else { throw .badTarget }
      start = slash
    }
    guard bytes[start] == .slash else { throw .badTarget }
    let mark = firstIndex(of: 0x3F, in: start..<targetRange.upperBound)
    pathRange = start..<(mark ?? targetRange.upperBound)
    queryRange = (mark.map { $0 + 1 } ?? targetRange.upperBound)..<targetRange.upperBound
  }

  private func isAbsolute(_ range: Range<Int>) -> Bool {
    range.count > 7
      && ByteText(bytes, range.lowerBound..<range.lowerBound + 7).equalsIgnoringCase("http://")
  }

  /// Takes one field line, without its line end (RFC 9112 section 5).
  mutating func parseField(_ line: Range<Int>, limits: Limits) throws(RequestError) {
    let field = try checkField(line)
    guard fields.count < limits.fieldCount else { throw .tooManyFields }
    fields.append(field)
  }

  /// Where the name and the value of a field line are, if it is one.
  func checkField(_ line: Range<Int>) throws(RequestError) -> Field {
    guard !bytes[line.lowerBound].isBlank else { throw .foldedField }
    guard let colon = firstIndex(of: .colon, in: line), isToken(line.lowerBound..<colon) else {
      throw .badField
    }
    var start = colon + 1
    var end = line.upperBound
    while start < end, bytes[start].isBlank { start += 1 }
    while end > start, bytes[end - 1].isBlank { end -= 1 }
    for index in start..<end where !bytes[index].isFieldCharacter { throw .badField }
    return Field(name: line.lowerBound..<colon, value: start..<end)
  }

  /// Draws the conclusions from all fields, when the empty line has come.
  mutating func finish(limits: Limits) throws(RequestError) {
    var hosts = 0
    var length: Int?
    var isChunked = false
    var closes = false
    var staysOpen = isVersion11
    var isAwaited = false
    for index in fields.indices {
      let name = fieldName(index)
      if name.equalsIgnoringCase("host") {
        hosts += 1
        guard isHost(fields[index].value) else { throw .badHost }
      } else if name.equalsIgnoringCase("content-length") {
        guard length == nil, let value = fieldValue(index).decimal else { throw .badContentLength }
        length = value
      } else if name.equalsIgnoringCase("transfer-encoding") {
        guard !isChunked, isVersion11 else { throw .badTransferEncoding }
        try checkCodings(index)
        isChunked = true
      } else if name.equalsIgnoringCase("connection") {
        let value = ByteText(bytes, fields[index].value)
        closes = closes || value.listContains("close")
        staysOpen = staysOpen || value.listContains("keep-alive")
      } else if name.equalsIgnoringCase("expect"), isVersion11 {
        guard fieldValue(index).equalsIgnoringCase("100-continue") else {
          throw .expectationFailed
        }
        isAwaited = true
      }
    }
    guard hosts == 1 || (hosts == 0 && !isVersion11) else { throw .badHost }
    guard length == nil || !isChunked else { throw .ambiguousLength }
    guard length ?? 0 <= limits.bodyLength else { throw .bodyTooLong }
    keepsAlive = staysOpen && !closes
    expectsContinue = isAwaited
    framing = isChunked ? .chunked : .length(length ?? 0)
  }

  private func checkCodings(_ index: Int) throws(RequestError) {
    let value = fieldValue(index)
    if value.equalsIgnoringCase("chunked") { return }
    var last = value.count
    while last > 0, value[last - 1] != .comma { last -= 1 }
    let final = value.part(last..<value.count).trimmed()
    guard last > 0, final.equalsIgnoringCase("chunked") else { throw .badTransferEncoding }
    throw .codingNotImplemented
  }

  /// Whether the range may be a host and port: no blank, nothing that ends an authority.
  private func isHost(_ range: Range<Int>) -> Bool {
    for index in range {
      switch bytes[index] {
      case 0x00...0x20, 0x22, 0x23, .comma, .slash, 0x3C, 0x3E, 0x3F, 0x40, .backslash, 0x7F...0xFF:
        return false
      default: continue
      }
    }
    return true
  }

  private func isToken(_ range: Range<Int>) -> Bool {
    for index in range where !bytes[index].isTokenCharacter { return false }
    return !range.isEmpty
  }

  private func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
    for index in range where bytes[index] == byte { return index }
    return nil
  }
}
