internal import MartletWire

/// Reads the text of a filter into postfix order.
struct FilterParser {
  /// How deep parentheses and `not` may be nested: `PacketFilter` evaluates on 64 bits.
  static var maximumDepth: Int { 48 }
  static var known: String {
    "host, net, port, portrange, src, dst, "
      + ProtocolName.allCases.map(\.rawValue).joined(separator: ", ")
      + ", and, or, not and parentheses"
  }

  private let words: [FilterWord]
  /// The column behind the text.
  private let end: Int
  private var index = 0
  private var depth = 0
  private var steps: [PacketFilter.Step] = []
  /// What stood before the last value, for a value that stands alone.
  private var last: (name: ProtocolName?, direction: FilterTest.Direction, kind: Kind)?

  enum Kind: String, CaseIterable {
    case host, net, port, portrange
  }

  init(_ text: String) {
    words = FilterWord.words(of: text)
    end = text.count + 1
  }

  mutating func parse() throws(FilterError) -> [PacketFilter.Step] {
    guard words.count <= PacketFilter.maximumWordCount else {
      throw error("the filter has more than \(PacketFilter.maximumWordCount) words", at: end)
    }
    guard !words.isEmpty else { return [] }
    try expression()
    if let word = peek() {
      throw leftOver(word)
    }
    return steps
  }

  private func leftOver(_ word: FilterWord) -> FilterError {
    if word.text == ")" { return error("')' has no '('", at: word.column) }
    let isKnown =
      ProtocolName(rawValue: word.text) != nil || Kind(rawValue: word.text) != nil
      || ["src", "dst", "not", "!", "("].contains(word.text)
    return isKnown
      ? error("expected 'and' or 'or' before '\(word.text)'", at: word.column) : unknown(word)
  }

  private func unknown(_ word: FilterWord) -> FilterError {
    error("'\(word.text)' is not known; known are \(Self.known)", at: word.column)
  }

  // MARK: Words

  private func peek(_ distance: Int = 0) -> FilterWord? {
    words.indices.contains(index + distance) ? words[index + distance] : nil
  }

  private mutating func take(_ texts: String...) -> Bool {
    guard let word = peek(), texts.contains(word.text) else { return false }
    index += 1
    return true
  }

  private mutating func word(expecting what: String) throws(FilterError) -> FilterWord {
    guard let word = peek() else { throw error("\(what) is missing at the end", at: end) }
    index += 1
    return word
  }

  private func error(_ problem: String, at column: Int) -> FilterError {
    FilterError(column: column, problem: problem)
  }

  // MARK: Logic

  private mutating func expression() throws(FilterError) {
    try term(isFirst: true)
    while true {
      if take("and", "&&") {
        try term(isFirst: false)
        steps.append(.and)
      } else if take("or", "||") {
        try term(isFirst: false)
        steps.append(.or)
      } else {
        return
      }
    }
  }

  private mutating func term(isFirst: Bool) throws(FilterError) {
    let column = peek()?.column ?? end
    guard depth < Self.maximumDepth else {
      throw error("nested more than \(Self.maximumDepth) deep", at: column)
    }
    depth += 1
    defer { depth -= 1 }
    if take("not", "!") {
      try term(isFirst: isFirst)
      steps.append(.not)
    } else if take("(") {
      try expression()
      guard take(")") else {
        throw error("')' is missing for the '(' in column \(column)", at: peek()?.column ?? end)
      }
    } else {
      steps.append(.test(try test(mayStandAlone: !isFirst)))
    }
  }

  // MARK: Tests

  private mutating func test(mayStandAlone: Bool) throws(FilterError) -> FilterTest {
    let first = try word(expecting: "a test")
    if mayStandAlone, let last, first.text.first?.isNumber == true {
      return try test(last.name, last.direction, last.kind, first)
    }
    let name = ProtocolName(rawValue: first.text)
    if name == nil { index -= 1 }
    if name == .vlan { return try vlan() }
    let direction = try direction()
    guard let kind = peek().flatMap({ Kind(rawValue: $0.text) }) else {
      if direction != nil {
        // `src 10.0.0.1` is short for `src host 10.0.0.1`.
        let value = try word(expecting: "an address")
        return try test(name, direction ?? .either, .host, value, of: first)
      }
      if let name { return FilterTest(name: name, subject: .any) }
      throw unknown(first)
    }
    index += 1
    let value = try word(expecting: "the value of '\(kind.rawValue)'")
    return try test(name, direction ?? .either, kind, value, of: first)
  }

  private mutating func direction() throws(FilterError) -> FilterTest.Direction? {
    guard take("src") else { return take("dst") ? .destination : nil }
    guard peek(1)?.text == "dst" else { return .source }
    if take("or", "||") {
      index += 1
      return .either
    }
    if take("and", "&&") {
      index += 1
      return .both
    }
    return .source
  }

  private mutating func vlan() throws(FilterError) -> FilterTest {
    guard let word = peek(), word.text.first?.isNumber == true else {
      return FilterTest(name: .vlan, subject: .any)
    }
    guard let number = UInt16(word.text), number < 4096 else {
      throw error("'\(word.text)' is no VLAN; expected 0 to 4095", at: word.column)
    }
    index += 1
    return FilterTest(name: .vlan, subject: .vlan(number))
  }

  private mutating func test(
    _ name: ProtocolName?, _ direction: FilterTest.Direction, _ kind: Kind, _ value: FilterWord,
    of first: FilterWord? = nil
  ) throws(FilterError) -> FilterTest {
    if let name, let first { try check(name, kind, first) }
    last = (name, direction, kind)
    let subject: FilterTest.Subject
    switch kind {
    case .host: subject = .host(try address(value))
    case .net: subject = .net(try network(value))
    case .port:
      let port = try port(value.text, value, "a port")
      subject = .ports(port...port)
    case .portrange: subject = .ports(try ports(value))
    }
    return FilterTest(name: name, direction: direction, subject: subject)
  }

  private func check(
    _ name: ProtocolName, _ kind: Kind, _ word: FilterWord
  ) throws(FilterError) {
    let fits: [ProtocolName]
    switch kind {
    case .host, .net: fits = [.ip, .arp, .rarp]
    case .port, .portrange: fits = [.tcp, .udp]
    }
    guard !fits.contains(name) else { return }
    let names = fits.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    throw error(
      "'\(name.rawValue)' cannot stand before '\(kind.rawValue)'; \(names) can. "
        + "Or write '\(name.rawValue) and \(kind.rawValue) …'", at: word.column)
  }

  // MARK: Values

  private func address(_ word: FilterWord) throws(FilterError) -> IPv4Address {
    guard let address = IPv4Address(word.text) else {
      throw error(
        "'\(word.text)' is no IPv4 address; expected one like 10.0.0.1", at: word.column)
    }
    return address
  }

  private mutating func network(_ word: FilterWord) throws(FilterError) -> IPv4Prefix {
    let problem = error(
      "'\(word.text)' is no network; expected one like 10.0.0.0/8, 192.168 or "
        + "10.0.0.0 mask 255.0.0.0", at: word.column)
    if word.text.contains("/") {
      guard let prefix = IPv4Prefix(word.text) else { throw problem }
      return try checked(prefix, word)
    }
    let parts = word.text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...4).contains(parts.count) else { throw problem }
    let padding = String(repeating: ".0", count: 4 - parts.count)
    guard let address = IPv4Address(word.text + padding) else { throw problem }
    if take("mask") {
      let mask = try self.word(expecting: "a mask")
      guard let bits = IPv4Address(mask.text)?.rawValue,
        let length = UInt8(exactly: (~bits).leadingZeroBitCount),
        IPv4Prefix(address, length: length).mask == bits
      else {
        throw error("'\(mask.text)' is no mask; expected one like 255.0.0.0", at: mask.column)
      }
      return try checked(IPv4Prefix(address, length: length), word)
    }
    return IPv4Prefix(address, length: UInt8(truncatingIfNeeded: 8 * parts.count))
  }

  private func checked(
    _ prefix: IPv4Prefix, _ word: FilterWord
  ) throws(FilterError) -> IPv4Prefix {
    guard prefix.network == prefix.address else {
      throw error(
        "'\(word.text)' has bits beyond its length; did you mean "
          + "\(prefix.network)/\(prefix.length)?", at: word.column)
    }
    return prefix
  }

  private func port(
    _ text: some StringProtocol, _ word: FilterWord, _ what: String
  ) throws(FilterError) -> UInt16 {
    guard let port = UInt16(text), text.allSatisfy(\.isNumber) else {
      throw error("'\(word.text)' is not \(what); expected 0 to 65535", at: word.column)
    }
    return port
  }

  private func ports(_ word: FilterWord) throws(FilterError) -> ClosedRange<UInt16> {
    let ends = word.text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2 else {
      throw error(
        "'\(word.text)' is not a range of ports; expected one like 1-1023", at: word.column)
    }
    let first = try port(ends[0], word, "a range of ports")
    let last = try port(ends[1], word, "a range of ports")
    return min(first, last)...max(first, last)
  }
}
