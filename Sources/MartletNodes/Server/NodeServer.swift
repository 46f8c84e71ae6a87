// Says `unsafe` where its buffer, an array, is seen as bytes.

public import MartletDWN
public import MartletDevice
internal import MartletHTTP
public import MartletStack
internal import MartletWire

/// A DWN node on a stack, driven by its events: announces itself, takes one hub's commands, tells
/// how its device stands.
///
/// One connection is the controller's: it alone is told things and may command. The others may stop
/// the device, or prove to hold its key and so become the controller. See `Documentation/DWN.md`.
public struct NodeServer<Device: NodeDevice & ~Copyable>: ~Copyable {
  /// The connections that are held at once.
  static var connectionLimit: Int { 4 }
  /// How long a connection that is not the controller's may take to prove itself.
  static var guestTime: Interval { .seconds(10) }
  /// What stands between two messages: the protocol's first hub reads each as a whole or not at all.
  static var messageGap: Interval { .milliseconds(50) }

  /// What the node does.
  public var device: Device
  /// What was counted.
  public internal(set) var counters = NodeCounters()
  /// What the node says of itself.
  public internal(set) var advert: Advert

  let settings: NodeSettings
  /// The key that it shares with its hub; `nil` while it is not paired.
  var key: PairingKey?
  var window: PairingWindow?
  var newKey: PairingKey?
  let interface: InterfaceID
  let socket: UDPHandle
  let listener: ListenerHandle
  let start: Instant
  var nonces: NonceGenerator
  var nextAdvert: Instant
  var connections: [HubConnection] = []
  var controller: HubConnection?
  var output = OutputBuffer(capacity: 1024)
  var message = OutputBuffer(capacity: 600)
  var buffer = [UInt8](repeating: 0, count: 2048)

  /// Listens on all addresses of `stack` and joins the group on `interface`. The first advert goes
  /// out with the first `poll`.
  ///
  /// `entropy` are bytes that nobody can know, 32 of them if nonces are to be safe. Throws what
  /// `Stack.listen`, `openUDP` and `join` do.
  public init(
    _ device: consuming Device, settings: NodeSettings, on interface: InterfaceID,
    of stack: inout Stack, entropy: [UInt8], now: Instant
  ) throws(StackError) {
    var options = ListenerOptions()
    options.backlog = Self.connectionLimit
    options.connection.noDelay = true
    options.connection.userTimeout = DWN.patience
    let listener = try stack.listen(
      on: Endpoint(.unspecified, port: settings.port), options: options)
    let socket = try stack.openUDP(on: Endpoint(.unspecified, port: DWN.port))
    var multicast = UDPOptions()
    multicast.multicastInterface = interface
    multicast.multicastLoop = false
    try stack.setOptions(multicast, of: socket)
    try stack.join(DWN.group, on: interface, with: socket)
    advert = Advert(name: settings.name, id: settings.id)
    advert.firmware = settings.firmware
    advert.boots = settings.boots
    advert.port = settings.port
    advert.webPort = settings.webPort
    advert.authentication = settings.authentication(isPaired: settings.key != nil)
    advert.capabilities = device.capabilities.union([.query, .keepAlive])
    if settings.key != nil || settings.requiresPairing {
      advert.capabilities.insert(.authentication)
    }
    key = settings.key
    self.device = device
    self.settings = settings
    self.interface = interface
    self.listener = listener
    self.socket = socket
    nonces = NonceGenerator(entropy: entropy, boots: settings.boots)
    start = now
    nextAdvert = now
  }

  /// Whether a hub commands the node.
  public var hasHub: Bool { controller != nil }

  /// Whether that hub has proved to hold the node's key.
  public var hasProvedHub: Bool { controller?.isProved ?? false }

  // MARK: Turns

  /// Takes an event of the stack; false when it concerns another.
  public mutating func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    switch event {
    case .listener(listener, _): accept(on: &stack, now: now)
    case .udp(socket, _): hear(on: &stack)
    case .tcp(let handle, _):
      guard let connection = connections.first(where: { $0.handle == handle }) else {
        return false
      }
      read(connection, on: &stack, now: now)
    default: return false
    }
    tell(on: &stack, now: now)
    return true
  }

  /// Does what time asks for.
  public mutating func poll(on stack: inout Stack, now: Instant) {
    device.poll(now: now)
    if nextAdvert <= now { announce(on: &stack, now: now) }
    for connection in connections { expire(connection, on: &stack, now: now) }
    if let window, window.end <= now { self.window = nil }
    tell(on: &stack, now: now)
  }

  /// When `poll` is next needed.
  public func nextDeadline(after now: Instant) -> Instant {
    var deadline = nextAdvert
    if let next = device.nextDeadline(after: now) { deadline = min(deadline, next) }
    if let window { deadline = min(deadline, window.end) }
    for connection in connections {
      if let half = connection.halfCommand {
        deadline = min(deadline, half + DWN.halfCommandTime)
      }
      if connection.keepsAlive {
        deadline = min(deadline, connection.lastHeard + DWN.hubPatience)
      }
      if connection !== controller {
        deadline = min(deadline, connection.start + Self.guestTime)
      } else {
        deadline = min(deadline, connection.nextHeartbeat)
        if connection.wantsToSend { deadline = min(deadline, connection.nextSend) }
      }
    }
    return deadline
  }

  // MARK: Connections

  private mutating func accept(on stack: inout Stack, now: Instant) {
    while let handle = try? stack.accept(on: listener) {
      guard let status = try? stack.status(of: handle) else { continue }
      let connection = HubConnection(handle, from: status.remote.address, now: now)
      counters.connections &+= 1
      makeRoom(on: &stack, now: now)
      connections.append(connection)
      if mayTakeOver(connection, on: stack, now: now) {
        become(connection, on: &stack, now: now)
      }
      read(connection, on: &stack, now: now)
    }
  }

  /// The oldest of those that have not proved themselves goes.
  private mutating func makeRoom(on stack: inout Stack, now: Instant) {
    guard connections.count >= Self.connectionLimit else { return }
    guard let guest = connections.first(where: { $0 !== controller }) else { return }
    counters.refusedConnections &+= 1
    drop(guest, on: &stack, now: now)
  }

  /// A plain connection takes over from a plain one of the same address, whose hub has begun anew,
  /// and from one that has not taken a heartbeat for as long as one lasts.
  private func mayTakeOver(
    _ connection: HubConnection, on stack: borrowing Stack, now: Instant
  ) -> Bool {
    guard let controller else { return true }
    guard !controller.isProved else { return false }
    if controller.address == connection.address { return true }
    guard let status = try? stack.status(of: controller.handle) else { return true }
    return status.sendQueueCount > 0 && now - controller.lastSend >= DWN.period
  }

  /// Makes a connection the controller's; the one before is closed.
  mutating func become(_ connection: HubConnection, on stack: inout Stack, now: Instant) {
    if let old = controller, old !== connection {
      controller = nil
      drop(old, on: &stack, now: now)
    }
    controller = connection
    connection.wantsStatus = true
    connection.nextHeartbeat = now + DWN.period
    device.setHub(isPresent: true, now: now)
  }

  /// Closes a connection; at once when it is `cut`, so that strangers who never close their end do
  /// not fill the stack. If it was the controller's, one that waits takes its place.
  mutating func drop(
    _ connection: HubConnection, cut: Bool = true, on stack: inout Stack, now: Instant
  ) {
    if cut {
      stack.abort(connection.handle, now: now)
    } else {
      stack.close(connection.handle, now: now)
    }
    connections.removeAll { $0 === connection }
    guard controller === connection else { return }
    controller = nil
    guard let next = connections.first else {
      return device.setHub(isPresent: false, now: now)
    }
    become(next, on: &stack, now: now)
  }

  private mutating func expire(
    _ connection: HubConnection, on stack: inout Stack, now: Instant
  ) {
    if let half = connection.halfCommand, half + DWN.halfCommandTime <= now {
      connection.parser.dropHalfCommand()
      connection.halfCommand = nil
      counters.halfCommands &+= 1
    }
    if connection.keepsAlive, connection.lastHeard + DWN.hubPatience <= now {
      counters.silentHubs &+= 1
      drop(connection, on: &stack, now: now)
    } else if connection !== controller, connection.start + Self.guestTime <= now {
      counters.refusedConnections &+= 1
      drop(connection, on: &stack, now: now)
    }
  }

  // MARK: Reading

  private mutating func read(
    _ connection: HubConnection, on stack: inout Stack, now: Instant
  ) {
    // No more can come in this turn than the connection's buffer holds.
    while connections.contains(where: { $0 === connection }) {
      let result: ReceiveResult
      do throws(StackError) {
        result = try receive(connection.handle, on: &stack, now: now)
      } catch {
        return drop(connection, on: &stack, now: now)
      }
      switch result {
      case .nothingYet: return
      case .endOfStream: return drop(connection, cut: false, on: &stack, now: now)
      case .bytes(let count): take(buffer, count, from: connection, on: &stack, now: now)
      }
    }
  }

  private mutating func receive(
    _ handle: TCPHandle, on stack: inout Stack, now: Instant
  ) throws(StackError) -> ReceiveResult {
    var span = buffer.mutableSpan
    var bytes = unsafe span.mutableBytes
    return try stack.receive(into: &bytes, on: handle, now: now)
  }

  private mutating func take(
    _ bytes: [UInt8], _ count: Int, from connection: HubConnection, on stack: inout Stack,
    now: Instant
  ) {
    let input = unsafe bytes.span.extracting(0..<count).bytes
    var offset = 0
    do throws(StreamError) {
      while let message = try connection.parser.next(in: input, at: &offset) {
        connection.lastHeard = now
        take(message, from: connection, on: &stack, now: now)
        guard connections.contains(where: { $0 === connection }) else { return }
      }
    } catch {
      counters.protocolErrors &+= 1
      return drop(connection, on: &stack, now: now)
    }
    let isHalf = connection.parser.hasHalfCommand
    connection.halfCommand = isHalf ? connection.halfCommand ?? now : nil
  }
}
