public import MartletDevice
public import MartletStack
internal import MartletWire

/// All that a plain node does: the small services and, if wanted, its web site.
///
/// One value that is driven by its stack's events, the same on a TAP, on a segment in memory and on
/// bare metal.
public struct NodeServices: ~Copyable {
  private var streams: StreamServices
  private var echo: DatagramEcho
  private var web: WebServer<NodeSite>?

  /// Listens on all addresses of `stack`: TCP and UDP echo on 7, discard on 9, daytime on 13,
  /// chargen on 19, and with a site HTTP on 80.
  ///
  /// `connectionCount` is that of the stack's configuration. Throws what `Stack.listen` does.
  public init(
    site: consuming NodeSite?, on stack: inout Stack, connectionCount: Int,
    webLimits: WebLimits = WebLimits()
  ) throws(StackError) {
    let streams = try StreamServices(on: &stack, connectionCount: connectionCount)
    let echo = try DatagramEcho(on: &stack)
    let web = try Self.web(site, on: &stack, connectionCount: connectionCount, limits: webLimits)
    self.streams = streams
    self.echo = echo
    self.web = web
  }

  private static func web(
    _ site: consuming NodeSite?, on stack: inout Stack, connectionCount: Int, limits: WebLimits
  ) throws(StackError) -> WebServer<NodeSite>? {
    guard let site else { return nil }
    return try WebServer(
      site, at: Endpoint(.unspecified, port: 80), on: &stack, connectionCount: connectionCount,
      limits: limits)
  }

  /// Takes an event of the stack; false when it concerns none of these services.
  ///
  /// `date` is the wall clock in seconds since 1970, UTC.
  public mutating func handle(
    _ event: SocketEvent, on stack: inout Stack, now: Instant, date: Int64
  ) -> Bool {
    if web?.handle(event, on: &stack, now: now) ?? false { return true }
    if echo.handle(event, on: &stack, now: now) { return true }
    return streams.handle(event, on: &stack, now: now, date: date)
  }

  /// Does what time asks for.
  public mutating func poll(on stack: inout Stack, now: Instant) {
    web?.poll(on: &stack, now: now)
    streams.poll(on: &stack, now: now)
  }

  /// When `poll` is next needed; `nil` while nothing waits for time.
  public var nextDeadline: Instant? {
    switch web {
    case .none: streams.nextDeadline
    case .some(let web): earliest(web.nextDeadline, streams.nextDeadline)
    }
  }
}
