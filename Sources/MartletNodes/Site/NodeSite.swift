// Says `unsafe` where a name's bytes, an array, are seen as text.

public import MartletDevice
public import MartletHTTP
public import MartletStack
internal import MartletWire

/// The site of a node: one page that explains what the reader sees and shows the node's counters
/// as they move, the same as JSON, and as many bytes as one asks for.
public struct NodeSite: WebSite, Sendable {
  private let identity: NodeIdentity
  private let interface: InterfaceID
  private let start: Instant
  private let router = Router<Target>([
    .init(.get, "/", .part(.top)),
    .init(.get, "/counters.json", .part(.json)),
    .init(.get, "/style.css", .part(.style)),
    .init(.get, "/live.js", .part(.script)),
    .init(.get, "/martlet.svg", .part(.icon)),
    .init(.get, "/favicon.ico", .part(.icon)),
  ])

  private enum Target: Sendable {
    case part(Part)
  }

  /// The parts that pages are made of.
  enum Part: UInt8, Sendable {
    case top, identity, middle, facts, bottom
    case json, jsonFacts
    case style, script, icon
    case bytes
  }

  /// A site for a node that has begun at `start` and whose frames cross `interface`.
  public init(_ identity: NodeIdentity, interface: InterfaceID, start: Instant) {
    self.identity = identity
    self.interface = interface
    self.start = start
  }

  // MARK: Routes

  /// Finds what answers a request.
  public func answer(_ request: borrowing RequestHead) -> WebAnswer {
    switch router.route(request) {
    case .found(.part(let part)): page(part)
    case .notFound: bytes(request) ?? .notFound
    case .methodNotAllowed(let allowed): .methodNotAllowed(allowed)
    case .notImplemented: .notImplemented
    }
  }

  private func page(_ part: Part) -> WebAnswer {
    let body = WebBody(page: part.rawValue)
    // Nothing is fetched from elsewhere, and nothing inline is run.
    let policy: Literal = """
      Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; \
      img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'\r
      X-Content-Type-Options: nosniff\r
      Cache-Control: no-store\r

      """
    switch part {
    case .json:
      return .page(
        body, contentType: "application/json", length: nil, fields: "Cache-Control: no-store\r\n")
    case .style: return text(part, "text/css; charset=utf-8")
    case .script: return text(part, "text/javascript; charset=utf-8")
    case .icon: return text(part, "image/svg+xml")
    default:
      return .page(body, contentType: "text/html; charset=utf-8", length: nil, fields: policy)
    }
  }

  private func text(_ part: Part, _ contentType: Literal) -> WebAnswer {
    .page(
      WebBody(page: part.rawValue), contentType: contentType, length: Self.text(part).count,
      fields: "X-Content-Type-Options: nosniff\r\nCache-Control: max-age=60\r\n")
  }

  /// `/bytes/N`: so many bytes, up to 10 to the 12th, to see how fast they come.
  private func bytes(_ request: borrowing RequestHead) -> WebAnswer? {
    let path = request.path
    guard path.hasPrefix("/bytes/"), (8...20).contains(path.count) else { return nil }
    var count = 0
    for index in 7..<path.count {
      guard (0x30...0x39).contains(path[index]) else { return nil }
      count = count * 10 + Int(path[index] - 0x30)
    }
    guard count <= 1_000_000_000_000 else { return nil }
    guard request.method == .get || request.method == .head else {
      return .methodNotAllowed(.get)
    }
    return .page(
      WebBody(page: Part.bytes.rawValue, position: count), contentType: "application/octet-stream",
      length: count, fields: "Cache-Control: no-store\r\n")
  }

  // MARK: Bodies

  /// Appends the next piece of a body.
  public func append(
    _ body: WebBody, to output: inout OutputBuffer, limit: Int, of stack: borrowing Stack,
    web: WebCounters, now: Instant
  ) -> WebBody? {
    guard let part = Part(rawValue: body.page) else { return nil }
    switch part {
    case .top, .middle, .bottom, .style, .script, .icon:
      return appendText(part, from: body.position, to: &output, limit: limit)
    case .identity:
      appendIdentity(to: &output)
      return WebBody(page: Part.middle.rawValue)
    case .facts:
      return appendRows(
        from: body.position, to: &output, limit: limit, source(of: stack, web: web, now: now))
    case .json:
      appendJSONIdentity(to: &output)
      return WebBody(page: Part.jsonFacts.rawValue)
    case .jsonFacts:
      return appendJSON(
        from: body.position, to: &output, limit: limit, source(of: stack, web: web, now: now))
    case .bytes:
      return appendLines(left: body.position, to: &output, limit: limit)
    }
  }

  private func source(
    of stack: borrowing Stack, web: WebCounters, now: Instant
  ) -> NodeFact.Source {
    NodeFact.Source(
      counters: stack.counters, interface: stack.counters(of: interface) ?? InterfaceCounters(),
      memory: stack.memoryUse, web: web, uptime: now - start)
  }

  private func appendText(
    _ part: Part, from position: Int, to output: inout OutputBuffer, limit: Int
  ) -> WebBody? {
    let text = Self.text(part)
    let end = min(text.count, position + limit)
    output.append(text, position..<end)
    if end < text.count { return WebBody(page: part.rawValue, position: end) }
    switch part {
    case .top: return WebBody(page: Part.identity.rawValue)
    case .middle: return WebBody(page: Part.facts.rawValue)
    default: return nil
    }
  }

  /// Lines of 64 bytes, each beginning with the number of bytes that are left, so that one lost,
  /// doubled or moved shows.
  private func appendLines(left: Int, to output: inout OutputBuffer, limit: Int) -> WebBody? {
    var left = left
    // Only the last piece may end within a line.
    var room = limit / 64
    while room > 0, left > 0 {
      let length = min(64, left)
      var divisor = 100_000_000_000_000
      for _ in 0..<min(15, length) {
        output.append(0x30 + UInt8(truncatingIfNeeded: left / divisor % 10))
        divisor /= 10
      }
      output.append(Self.lineEnd, 0..<max(0, length - 15))
      left -= length
      room -= 1
    }
    return left > 0 ? WebBody(page: Part.bytes.rawValue, position: left) : nil
  }

  /// What follows the number in a line of 64 bytes.
  private static var lineEnd: Literal { "................................................\n" }

  // MARK: What changes

  private func appendIdentity(to output: inout OutputBuffer) {
    output.append("<p class=\"who\"><strong>")
    output.append(html: ByteText(unsafe identity.name.span.bytes))
    output.append("</strong> <span>")
    output.append(identity.address)
    output.append("</span> <span>")
    output.append(identity.linkAddress)
    output.append("</span></p>\n")
  }

  private func appendRows(
    from position: Int, to output: inout OutputBuffer, limit: Int, _ source: NodeFact.Source
  ) -> WebBody? {
    let before = output.count
    for index in min(position, NodeFact.allCases.count)..<NodeFact.allCases.count {
      let fact = NodeFact.allCases[index]
      guard output.count - before + 256 <= limit else {
        return WebBody(page: Part.facts.rawValue, position: index)
      }
      if let title = fact.title {
        output.append("<table><caption>")
        output.append(title)
        output.append("</caption><tbody>\n")
      }
      output.append("<tr><th scope=\"row\">")
      output.append(fact.label)
      output.append("</th><td data-key=\"")
      output.append(fact.key)
      output.append("\">")
      output.append(decimal: fact.value(in: source))
      output.append("</td></tr>\n")
      if fact.isLast { output.append("</tbody></table>\n") }
    }
    return WebBody(page: Part.bottom.rawValue)
  }

  private func appendJSONIdentity(to output: inout OutputBuffer) {
    var json = JSONWriter()
    json.beginObject(in: &output)
    json.key("name", in: &output)
    json.string(ByteText(unsafe identity.name.span.bytes), in: &output)
    output.append(",\"address\":\"")
    output.append(identity.address)
    output.append("\",\"linkAddress\":\"")
    output.append(identity.linkAddress)
    output.append("\"")
  }

  private func appendJSON(
    from position: Int, to output: inout OutputBuffer, limit: Int, _ source: NodeFact.Source
  ) -> WebBody? {
    let before = output.count
    for index in min(position, NodeFact.allCases.count)..<NodeFact.allCases.count {
      guard output.count - before + 128 <= limit else {
        return WebBody(page: Part.jsonFacts.rawValue, position: index)
      }
      let fact = NodeFact.allCases[index]
      output.append(",\"")
      output.append(fact.key)
      output.append("\":")
      output.append(decimal: fact.value(in: source))
    }
    output.append("}\n")
    return nil
  }
}

extension OutputBuffer {
  /// Appends an address as it is written: `192.0.2.1`.
  mutating func append(_ address: IPv4Address) {
    for index in 0..<4 {
      if index > 0 { append(0x2E) }
      append(decimal: UInt64(address.rawValue >> (24 - 8 * UInt32(index)) & 255))
    }
  }

  /// Appends an address as it is written: `02:00:00:00:00:01`.
  fileprivate mutating func append(_ address: MACAddress) {
    for index in 0..<12 {
      if index > 0, index % 2 == 0 { append(0x3A) }
      let digit = UInt8(truncatingIfNeeded: address.rawValue >> (44 - 4 * UInt64(index)) & 15)
      append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }
}
