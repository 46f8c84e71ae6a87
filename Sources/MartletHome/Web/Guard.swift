internal import HTTPTypes
internal import Hummingbird

/// What every request passes: only this house's own names, only its own pages for changes, only who
/// is signed in.
struct Guard: RouterMiddleware {
  typealias Context = BasicRequestContext

  let access: Access
  /// The names under which the hub may be asked for, without ports.
  let hosts: Set<String>
  /// Whether whoever asks is the hub's owner: at the socket that no other user may open.
  var isOwners = false

  static let cookie = "martlet"

  @concurrent func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await answer(request, context, next)
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
      + "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    response.headers[.xContentTypeOptions] = "nosniff"
    // Not `no-referrer`: with it browsers say `Origin: null` when a form is sent.
    if let name = HTTPField.Name("Referrer-Policy") { response.headers[name] = "same-origin" }
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    return response
  }

  private func answer(
    _ request: Request, _ context: Context,
    _ next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    if isOwners { return try await next(request, context) }
    let authority = request.head.authority ?? ""
    guard hosts.contains(Self.name(authority)) else {
      // A stranger's name that was made to lead here (DNS rebinding).
      return Answers.text(.misdirectedRequest, "This hub does not go by that name.\n")
    }
    let path = request.uri.path
    let bearer = Self.bearer(request)
    let isChange = request.method != .get && request.method != .head
    if isChange, bearer == nil, request.headers[.origin] != "http://\(authority)" {
      return Answers.text(.forbidden, "Changes are taken from this hub's own pages alone.\n")
    }
    if ["/style.css", "/hub.js", "/start", "/login", "/health"].contains(path) {
      return try await next(request, context)
    }
    if let bearer {
      guard access.has(bearer, kind: "token") else {
        return Answers.text(.unauthorized, "That token is not one of this hub's.\n")
      }
      return try await next(request, context)
    }
    if let session = Self.session(request), access.has(session, kind: "session") {
      return try await next(request, context)
    }
    if path.hasPrefix("/api/") || path == "/metrics" || path == "/events" {
      return Answers.text(.unauthorized, "Sign in, or send a token: Authorization: Bearer …\n")
    }
    return Answers.redirect("/login")
  }

  static func session(_ request: Request) -> String? { request.cookies[cookie]?.value }

  private static func bearer(_ request: Request) -> String? {
    guard let value = request.headers[.authorization], value.hasPrefix("Bearer ") else {
      return nil
    }
    return String(value.dropFirst(7))
  }

  private static func name(_ authority: String) -> String {
    if authority.hasPrefix("[") { return String(authority.prefix { $0 != "]" }) + "]" }
    return String(authority.prefix { $0 != ":" }).lowercased()
  }
}

/// The forms that answers have.
enum Answers {
  static func html(_ page: HTML, status: HTTPResponse.Status = .ok) -> Response {
    body(page.text, "text/html; charset=utf-8", status)
  }

  static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
    body(text, "text/plain; charset=utf-8", status)
  }

  static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    body(text, "application/json", status)
  }

  static func body(_ text: String, _ type: String, _ status: HTTPResponse.Status = .ok) -> Response
  {
    Response(
      status: status, headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  static func redirect(_ place: String) -> Response {
    Response(status: .seeOther, headers: [.location: place])
  }
}
