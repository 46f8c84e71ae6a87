// Says `unsafe`: it hands a path to the kernel.

internal import Glibc
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import MartletHub
internal import MartletWire
internal import NIOCore

/// A hub's pages and its API, on a port of this machine.
public struct HubWeb: Sendable {
  /// The longest body of a request, in bytes.
  static let bodyLimit = 64 * 1024
  /// The pages that may be kept up to date at once; others are told to come again.
  static let watcherLimit = 256

  let hub: HubService
  let access: Access
  let attempts = Attempts()
  private let hosts: Set<String>
  /// Whether the first to come chooses a password: not in a house that is only shown.
  private let asksForPassword: Bool

  /// Serves a hub under `localhost` and these names.
  public init(_ hub: HubService, names: [String] = [], asksForPassword: Bool = false) {
    self.asksForPassword = asksForPassword
    self.hub = hub
    access = Access(store: hub.store)
    hosts = Set(["localhost", "127.0.0.1", "[::1]"] + names.map { $0.lowercased() })
  }

  /// Makes the code of the link that signs in once.
  public func makeCode() throws -> String { try access.makeCode() }

  /// Serves until the task is cancelled. `ready` is told the port once it listens.
  public func run(
    address: String = "127.0.0.1", port: Int, ready: @escaping @Sendable (Int) async -> Void
  ) async throws {
    var logger = Logger(label: "martlet.hub")
    // What keeps it from serving is thrown; that it was cancelled while it served is no error.
    logger.logLevel = .critical
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(
        address: .hostname(address, port: port), serverName: nil),
      onServerRunning: { channel in await ready(channel.localAddress?.port ?? port) },
      logger: logger)
    try await application.run()
  }

  /// Serves the API at a unix socket in the hub's folder, for its owner alone, until the task is
  /// cancelled.
  public func run(socket path: String) async throws {
    var logger = Logger(label: "martlet.hub")
    logger.logLevel = .critical
    let router = Router(context: BasicRequestContext.self)
    router.add(middleware: Guard(access: access, hosts: hosts, isOwners: true))
    addProgramming(to: router)
    router.post("/api/v1/code") { _, _ in Answers.text(.ok, try access.makeCode() + "\n") }
    // The folder is this hub's alone: what lies there was left behind by one that was killed.
    _ = unsafe unlink(path)
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(
        address: .unixDomainSocket(path: path), serverName: nil),
      onServerRunning: { _ in _ = unsafe chmod(path, 0o600) }, logger: logger)
    defer { _ = unsafe unlink(path) }
    try await application.run()
  }

  /// Whether somebody can sign in without a link.
  public var hasPassword: Bool { access.hasPassword }

  private var router: Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    router.add(middleware: Guard(access: access, hosts: hosts))
    addDoor(to: router)
    addPages(to: router)
    addChanges(to: router)
    addRules(to: router)
    addProgramming(to: router)
    return router
  }

  // MARK: The way in

  private func addDoor(to router: Router<BasicRequestContext>) {
    router.get("/style.css") { _, _ in Answers.body(Style.sheet, "text/css; charset=utf-8") }
    router.get("/hub.js") { _, _ in Answers.body(Script.module, "text/javascript; charset=utf-8") }
    router.get("/health") { _, _ in Answers.text(.ok, "ok\n") }
    router.get("/start") { request, _ in
      let code = Form(request.uri.query ?? "")["code"] ?? ""
      guard access.has(code, kind: "code") else { return Answers.redirect("/login") }
      if asksForPassword, !access.hasPassword { return setUp(code) }
      return Answers.html(
        Page.outside(
          "Welcome home",
          """
          <p class="card">This link opens the house once, on this device. Set a password under Settings \
          to come back from others.</p><form method="post" action="/start">\
          <input type="hidden" name="code" value="\(code)"><button class="stop main">Open the house</button></form>
          """))
    }
    router.post("/start") { request, _ in
      let form = try await Self.form(request)
      guard let code = form["code"], await attempts.mayTry(), access.has(code, kind: "code") else {
        return Answers.html(
          Page.outside(
            "Not this link",
            """
            <p class="card warn">It was used already, or is more than a day old. Start the hub again for a \
            new one, or <a href="/login">sign in</a>.</p>
            """), status: .forbidden)
      }
      if asksForPassword, !access.hasPassword {
        let password = form["password"] ?? ""
        guard (10...200).contains(password.count) else {
          return setUp(code, "A password has 10 to 200 characters.")
        }
        try access.setPassword(password)
      }
      try access.end(code)
      return try signIn()
    }
    router.get("/login") { _, _ in login(nil) }
    router.post("/login") { request, _ in
      let form = try await Self.form(request)
      guard await attempts.mayTry() else {
        return login("Too many attempts. Wait a minute.", status: .tooManyRequests)
      }
      guard access.isPassword(form["password"] ?? "") else {
        return login("That is not the password.", status: .forbidden)
      }
      return try signIn()
    }
    router.post("/logout") { request, _ in
      if let session = Guard.session(request) { try access.end(session) }
      return Answers.redirect("/login")
    }
  }

  private func setUp(_ code: String, _ problem: String? = nil) -> Response {
    let warning: HTML = problem.map { "<p class=\"card warn\" role=\"alert\">\($0)</p>" } ?? ""
    return Answers.html(
      Page.outside(
        "Welcome home",
        """
        \(warning)<form method="post" action="/start" class="card"><p>This hub is new. Choose the password \
        that opens it from now on; this link works once.</p>\
        <input type="hidden" name="code" value="\(code)"><label><span>Password, 10 characters or more</span>\
        <input type="password" name="password" minlength="10" maxlength="200" required \
        autocomplete="new-password"></label><p><button class="main">Open the house</button></p></form>
        """), status: problem == nil ? .ok : .badRequest)
  }

  private func signIn() throws -> Response {
    var response = Answers.redirect("/")
    response.setCookie(
      Cookie(
        name: Guard.cookie, value: try access.makeSession(), maxAge: Int(Access.sessionTime),
        path: "/", httpOnly: true, sameSite: .strict))
    return response
  }

  private func login(_ problem: String?, status: HTTPResponse.Status = .ok) -> Response {
    let warning: HTML = problem.map { "<p class=\"card warn\" role=\"alert\">\($0)</p>" } ?? ""
    let form: HTML =
      access.hasPassword
      ? """
      <form method="post" action="/login" class="card"><label><span>Password</span>\
      <input type="password" name="password" required autocomplete="current-password"></label>
      <p><button class="main">Sign in</button></p></form>
      """
      : """
      <p class="card">Open the link that the hub has printed in its terminal. It works once; after that a \
      password can be set.</p>
      """
    return Answers.html(Page.outside("Sign in", "\(warning)\(form)"), status: status)
  }

  // MARK: Pages

  private func addPages(to router: Router<BasicRequestContext>) {
    let pages = Pages(hub: hub)
    router.get("/") { _, _ in Answers.html(try await pages.home()) }
    router.get("/water") { _, _ in Answers.html(try await pages.water()) }
    router.get("/sequences") { _, _ in Answers.html(try await pages.sequences()) }
    router.get("/schedules") { _, _ in Answers.html(try await pages.schedules()) }
    router.get("/lights") { _, _ in Answers.html(await pages.lights()) }
    router.get("/devices") { _, _ in Answers.html(await pages.devices()) }
    router.get("/device/:id") { _, context in
      guard let page = try await pages.device(context.parameters.get("id") ?? "") else {
        return Answers.html(
          Page.page("No such device", at: "", "<p><a href=\"/devices\">All devices</a></p>"),
          status: .notFound)
      }
      return Answers.html(page)
    }
    router.get("/history") { _, _ in Answers.html(try await pages.history()) }
    router.get("/history.csv") { _, _ in
      Answers.body(try pages.historyCSV(), "text/csv; charset=utf-8")
    }
    router.get("/samples.csv") { _, _ in
      Answers.body(try pages.samplesCSV(), "text/csv; charset=utf-8")
    }
    router.get("/settings") { _, _ in Answers.html(try await pages.settings()) }
    router.get("/events") { _, _ in await events() }
  }

  /// Tells that something has changed; what, a page asks for. A comment every 15 s shows both sides
  /// that the other is there.
  private func events() async -> Response {
    guard await hub.watcherCount < Self.watcherLimit else {
      return Answers.text(.serviceUnavailable, "Too many pages watch; close some.\n")
    }
    let changes = await hub.changes()
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream"],
      body: ResponseBody { writer in
        try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
        let beats = AsyncStream<Bool> { continuation in
          let beating = Task {
            while !Task.isCancelled {
              try? await Task.sleep(for: .seconds(15))
              continuation.yield(false)
            }
          }
          let telling = Task {
            for await _ in changes {
              continuation.yield(true)
              // Ten times a second is enough for eyes.
              try? await Task.sleep(for: .milliseconds(100))
            }
          }
          continuation.onTermination = { _ in
            beating.cancel()
            telling.cancel()
          }
        }
        for await isChange in beats {
          try await writer.write(
            ByteBuffer(string: isChange ? "event: change\ndata: 1\n\n" : ": here\n\n"))
        }
        try await writer.finish(nil)
      })
  }

  static func form(_ request: Request) async throws -> Form {
    var request = request
    let body = try await request.collectBody(upTo: bodyLimit)
    return Form(String(buffer: body))
  }
}

/// Counts attempts at secrets: five in a minute, from whomever.
actor Attempts {
  private var times: [ContinuousClock.Instant] = []

  func mayTry() -> Bool {
    let now = ContinuousClock.now
    times.removeAll { now - $0 > .seconds(60) }
    guard times.count < 5 else { return false }
    times.append(now)
    return true
  }
}
