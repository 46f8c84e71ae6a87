internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// One request to another program, in plain HTTP/1.1, and its whole answer.
public struct HTTPCall: Sendable {
  /// Whom to ask.
  public enum Peer: Sendable {
    /// What listens at a unix socket.
    case socket(path: String)
    /// A host and its port.
    case host(String, port: Int)
  }

  /// What came back.
  public struct Answer: Sendable {
    /// The status, such as 200.
    public let status: Int
    /// The body.
    public let body: [UInt8]

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// Why there is no answer, for a person.
  public struct Failed: Error, CustomStringConvertible {
    /// One sentence.
    public let description: String
  }

  /// The longest body that is taken, in bytes.
  static let limit = 16 << 20

  /// Whom to ask.
  public var peer: Peer
  /// The method.
  public var method = "GET"
  /// The path with its query.
  public var path: String
  /// Further header lines.
  public var fields: [(name: String, value: String)] = []
  /// What is sent.
  public var body: [UInt8] = []

  /// Asks for a path.
  public init(_ peer: Peer, path: String) {
    self.peer = peer
    self.path = path
  }

  /// Takes a plain address apart: `http://HOST[:PORT][/PATH]`. `nil` for anything else.
  public init?(url: String) {
    guard url.hasPrefix("http://") else { return nil }
    let rest = url.dropFirst(7)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let host = parts.first, !host.isEmpty,
      !authority.contains("@")
    else { return nil }
    guard let port = parts.count == 2 ? UInt16(parts[1]) : 80, port > 0 else { return nil }
    let path = String(rest.dropFirst(authority.count))
    self.init(.host(String(host), port: Int(port)), path: path.hasPrefix("/") ? path : "/" + path)
  }

  /// Asks, and waits for the whole answer, at most so long.
  public func perform(within time: Duration = .seconds(20)) async throws -> Answer {
    let group = MultiThreadedEventLoopGroup.singleton
    let promise = group.any().makePromise(of: Answer.self)
    let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(5))
      .channelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(Asker(self, promise))
        }
      }
    let channel: any Channel
    do {
      switch peer {
      case .socket(let path):
        channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
      case .host(let host, let port):
        channel = try await bootstrap.connect(host: host, port: port).get()
      }
    } catch {
      promise.fail(error)
      throw Failed(description: "\(name) cannot be reached: \(error)")
    }
    let late = Task {
      try await Task.sleep(for: time)
      try await channel.close().get()
    }
    defer { late.cancel() }
    do {
      return try await promise.futureResult.get()
    } catch {
      throw Failed(description: "\(name) broke off, or has not answered within \(time)")
    }
  }

  /// Whom it asks, as a header has it.
  var name: String {
    switch peer {
    case .socket: "localhost"
    case .host(let host, let port): port == 80 ? host : "\(host):\(port)"
    }
  }
}

/// Sends one request and gathers what comes back.
private final class Asker: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let call: HTTPCall
  private let promise: EventLoopPromise<HTTPCall.Answer>
  private var status = 0
  private var body: [UInt8] = []

  init(_ call: HTTPCall, _ promise: EventLoopPromise<HTTPCall.Answer>) {
    self.call = call
    self.promise = promise
  }

  func channelActive(context: ChannelHandlerContext) {
    var head = HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: call.method), uri: call.path)
    head.headers.add(name: "Host", value: call.name)
    head.headers.add(name: "Connection", value: "close")
    head.headers.add(name: "Content-Length", value: "\(call.body.count)")
    for (name, value) in call.fields { head.headers.add(name: name, value: value) }
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if !call.body.isEmpty {
      context.write(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: call.body)))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): status = Int(head.status.code)
    case .body(let buffer):
      body += Array(buffer.readableBytesView)
      if body.count > HTTPCall.limit { context.close(promise: nil) }
    case .end:
      promise.succeed(HTTPCall.Answer(status: status, body: body))
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.fail(ChannelError.eof)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }
}
