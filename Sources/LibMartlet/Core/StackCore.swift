internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletSharing
internal import MartletStack
internal import MartletWire

/// A stack with its devices and its sockets: what the threads of a program share.
struct StackCore: ~Copyable, SharedCore {
  /// The number of what is no socket: the frames that wait for `martlet_output`.
  static let outputKey = 0

  var stack: Stack
  /// 127.0.0.1.
  var loopback = LoopbackDevice()
  private(set) var loopbackInterface: InterfaceID?
  /// The link: a TAP, or frames by call.
  var tap: TunTapDevice?
  /// What to watch while there is a TAP.
  var descriptors: [Int32] = []
  var queue: QueueDevice?
  var link: InterfaceID?
  /// What the stack was made with.
  let settings: StackSettings
  /// The time, where the caller sets it.
  var ownClock: Instant?
  /// Whether the loopback or the link was left with work.
  var isMore = false

  /// The sockets by their keys; the place of `outputKey` stays empty.
  var sockets: [Socket?] = [nil]
  var freeKeys: [Int] = []
  var keysOfConnections: [TCPHandle: Int] = [:]
  var keysOfListeners: [ListenerHandle: Int] = [:]
  var keysOfPorts: [UDPHandle: Int] = [:]
  /// Keys with news that the stack does not tell of.
  var ownNews: [Int] = []

  /// Makes a host. Throws `EINVAL` for settings that make none.
  init(_ settings: StackSettings) throws(SocketError) {
    self.settings = settings
    stack = Stack(
      configuration: settings.configuration,
      seed: Seed(high: .random(in: .min ... .max), low: .random(in: .min ... .max)))
    ownClock = settings.hasOwnClock ? .zero : nil
    try addLoopback()
    try attach(
      QueueDevice(
        DeviceCapabilities(
          medium: .ethernet, maximumTransmissionUnit: settings.maximumTransmissionUnit ?? 1500,
          linkAddress: settings.linkAddress ?? .randomLocal(), maximumBurst: 64)))
  }

  private mutating func addLoopback() throws(SocketError) {
    do throws(StackError) {
      let interface = try stack.addInterface(loopback.capabilities)
      try stack.addAddress(IPv4Prefix(.loopback, length: 8), on: interface)
      loopbackInterface = interface
    } catch {
      throw SocketError(error)
    }
  }

  var now: Instant { ownClock ?? MonotonicClock.now }

  // MARK: Sockets

  /// A socket by its key; `nil` when there is none.
  func socket(_ key: Int) -> Socket? { sockets.indices.contains(key) ? sockets[key] : nil }

  /// Adds a socket and returns its key.
  mutating func add(_ socket: Socket) -> Int {
    if let key = freeKeys.popLast() {
      sockets[key] = socket
      socket.key = key
    } else {
      socket.key = sockets.count
      sockets.append(socket)
    }
    return socket.key
  }

  /// Runs `body` on a socket.
  mutating func attempt<Result>(
    _ key: Int, now: Instant,
    _ body: (inout StackCore, Socket, Instant) throws(SocketError) -> Result
  ) -> Swift.Result<Result, SocketError> {
    guard let socket = socket(key) else { return .failure(.networkDown) }
    do throws(SocketError) {
      return .success(try body(&self, socket, now))
    } catch {
      return .failure(error)
    }
  }

  /// Forgets a socket, and ends what it stood for.
  mutating func close(_ key: Int, now: Instant) {
    guard let socket = socket(key) else { return }
    letGo(socket, now: now)
    sockets[key] = nil
    freeKeys.append(key)
  }

  /// Ends what a socket stands for at the stack.
  mutating func letGo(_ socket: Socket, now: Instant) {
    switch socket.state {
    case .closed, .over: break
    case .listening(let handle):
      keysOfListeners[handle] = nil
      stack.close(handle, now: now)
    case .connecting(let handle), .connected(let handle):
      keysOfConnections[handle] = nil
      stack.close(handle, now: now)
    case .open(let handle):
      keysOfPorts[handle] = nil
      stack.close(handle)
    }
    socket.state = .closed
  }
}
