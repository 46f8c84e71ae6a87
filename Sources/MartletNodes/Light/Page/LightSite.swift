// Says `unsafe` where a name's bytes, an array, are seen as text.

public import MartletDevice
public import MartletHTTP
public import MartletStack
internal import MartletWire

/// A light's own page, for any browser: what it shows, and everything that it can do.
///
/// `/light` is its state as an object, and takes one as a command: only as `application/json` by
/// POST, only under the node's own name or address, and only from its own page. So another site that
/// a browser has open can neither send one nor, under a name that it made to lead here, read one.
public struct LightSite<Memory: Storage & ~Copyable>: WebSite {
  /// The longest command.
  static var commandLimit: Int { 600 }

  private let light: SharedLight<Memory>
  private let identity: NodeIdentity

  /// The parts that answers are made of.
  enum Part: UInt8 {
    case top, name, rest
    case style, script, icon, state
  }

  /// A page for a light.
  public init(_ light: SharedLight<Memory>, _ identity: NodeIdentity) {
    self.light = light
    self.identity = identity
  }

  // MARK: Requests

  /// Finds what answers a request.
  public func answer(_ request: borrowing RequestHead) -> WebAnswer {
    guard isOwnName(request) else { return .refused(.misdirectedRequest) }
    guard let (part, type) = Self.find(request.path) else { return .notFound }
    guard request.method == .get || request.method == .head else {
      return .methodNotAllowed(part == .state ? [.get, .post] : .get)
    }
    return .page(
      WebBody(page: part.rawValue), contentType: type,
      length: part == .top || part == .state ? nil : Self.text(part).count,
      fields: part == .top ? Self.policy : part == .state ? Self.neverKept : Self.kept)
  }

  private static func find(_ path: ByteText) -> (Part, Literal)? {
    if path.equals("/") { return (.top, "text/html; charset=utf-8") }
    if path.equals("/light") { return (.state, "application/json") }
    if path.equals("/light.css") { return (.style, "text/css; charset=utf-8") }
    if path.equals("/light.js") { return (.script, "text/javascript; charset=utf-8") }
    if path.equals("/light.svg") || path.equals("/favicon.ico") { return (.icon, "image/svg+xml") }
    return nil
  }

  /// A command is an object of at most 600 bytes.
  public func contentLimit(of request: borrowing RequestHead) -> Int? {
    request.method == .post && request.path.equals("/light") ? Self.commandLimit : nil
  }

  /// Does what a command says, and answers with the state that results.
  public func answer(
    _ request: borrowing RequestHead, content: ByteText, now: Instant
  ) -> WebAnswer {
    guard isOwnName(request) else { return .refused(.misdirectedRequest) }
    guard isOwnPage(request) else { return .refused(.forbidden) }
    guard Self.isJSON(request) else { return .refused(.unsupportedMediaType) }
    do throws(LightCommandError) {
      try light.handle(LightCommand(parsing: content), now: now)
    } catch {
      return .refused(error == .outdated ? .conflict : .badRequest)
    }
    return .page(
      WebBody(page: Part.state.rawValue), contentType: "application/json", length: nil,
      fields: Self.neverKept)
  }

  /// Whether it was asked for by a name that nobody else can have in a browser: its address, its
  /// plain name, or localhost, where a forwarded port leads here.
  private func isOwnName(_ request: borrowing RequestHead) -> Bool {
    guard let host = request.field("host") else { return !request.isVersion11 }
    var length = host.count
    for index in 0..<host.count where host[index] == 0x3A { length = min(length, index) }
    let name = host.part(0..<length)
    if name.equalsIgnoringCase("localhost") || name.equals("127.0.0.1") { return true }
    var own = OutputBuffer(capacity: 64)
    own.append(identity.address)
    if Self.isSame(name, ByteText(own.bytes)) { return true }
    return unsafe Self.isSame(name, ByteText(identity.name.span.bytes))
  }

  /// Whether a page that sent a command, if one did, is this node's.
  private func isOwnPage(_ request: borrowing RequestHead) -> Bool {
    guard let origin = request.field("origin") else { return true }
    guard let host = request.field("host"), origin.hasPrefix("http://") else { return false }
    return Self.isSame(origin.part(7..<origin.count), host)
  }

  private static func isJSON(_ request: borrowing RequestHead) -> Bool {
    guard let type = request.field("content-type") else { return false }
    var length = type.count
    for index in 0..<type.count where type[index] == 0x3B || type[index] == 0x20 {
      length = min(length, index)
    }
    return type.part(0..<length).equalsIgnoringCase("application/json")
  }

  private static func isSame(_ one: ByteText, _ other: ByteText) -> Bool {
    guard one.count == other.count else { return false }
    for index in 0..<one.count where one[index] != other[index] { return false }
    return true
  }

  // MARK: Answers

  /// Appends the next piece of a body.
  public func append(
    _ body: WebBody, to output: inout OutputBuffer, limit: Int, of stack: borrowing Stack,
    web: WebCounters, now: Instant
  ) -> WebBody? {
    guard let part = Part(rawValue: body.page) else { return nil }
    switch part {
    case .name:
      output.append(html: ByteText(unsafe identity.name.span.bytes))
      return WebBody(page: Part.rest.rawValue)
    case .state:
      light.state.emit(revision: light.revision, into: &output)
      return nil
    default:
      let text = Self.text(part)
      let end = min(text.count, body.position + limit)
      output.append(text, body.position..<end)
      if end < text.count { return WebBody(page: part.rawValue, position: end) }
      return part == .top ? WebBody(page: Part.name.rawValue) : nil
    }
  }
}
