public import MartletDevice
public import MartletFlow

/// A bridge's side of OpenFlow: bytes of its clients in, bytes for them out, and changes of its datapath.
///
/// A value with one owner and no I/O. Bytes come by ``receive(_:from:now:)`` and wait; ``run(_:now:emit:)``
/// does a round of what was asked, so many requests of each connection that none waits for another; what is
/// to be sent is fetched by ``takeOutput(of:limit:now:)``.
public struct OpenFlowAgent: Sendable {
  /// What it says of the bridge, and its limits.
  public var configuration: AgentConfiguration
  var connections: [AgentConnection] = []
  var ports: [PortDescription] = []
  var generation: UInt64?
  private var nextNumber: UInt64 = 1
  let startedAt: Instant

  /// Begins without connections and ports.
  public init(configuration: AgentConfiguration, now: Instant) {
    self.configuration = configuration
    startedAt = now
  }

  // MARK: Connections

  /// Takes a connection that was made; `nil` when there are too many.
  public mutating func open(_ kind: ConnectionKind, now: Instant) -> ConnectionID? {
    guard connections.count < configuration.connectionLimit else { return nil }
    let id = ConnectionID(number: nextNumber)
    nextNumber += 1
    connections.append(AgentConnection(id, kind, now: now))
    // OpenFlow 1.3.5's greeting, with the bitmap of both versions.
    var body = ByteWriter()
    body.append(UInt16(1))
    body.append(UInt16(8))
    body.append(UInt32(1 << 1 | 1 << 4))
    send(OpenFlowMessage.encode(.v13, .hello, transaction: 0, body: body.bytes), to: id, now: now)
    return id
  }

  /// Forgets a connection that has ended.
  public mutating func close(_ id: ConnectionID) { connections.removeAll { $0.id == id } }

  /// Why a connection is to be closed; `nil` while it is not.
  public func end(of id: ConnectionID) -> ConnectionEnd? {
    connections.first { $0.id == id }?.end
  }

  /// Whether more should be read from a connection.
  public func wantsInput(_ id: ConnectionID) -> Bool {
    guard let connection = connections.first(where: { $0.id == id }) else { return false }
    return connection.end == nil && connection.framer.pendingByteCount < 1 << 17
      && connection.pendingByteCount <= configuration.outputLimit
  }

  /// Whether a controller is connected and has said its version.
  public var hasController: Bool {
    connections.contains { $0.kind == .controller && $0.version != nil && $0.end == nil }
  }

  /// What a connection has agreed on; `nil` before it has.
  func agreement(of id: ConnectionID) -> ControllerStatus.Connection? {
    guard let place = place(of: id), let version = connections[place].version,
      connections[place].end == nil
    else { return nil }
    return ControllerStatus.Connection(version: version, role: connections[place].role)
  }

  /// Whether frames without a flow go to a controller: one that speaks OpenFlow 1.0.
  public var asksControllers: Bool {
    connections.contains { $0.kind == .controller && $0.version == .v10 && $0.end == nil }
  }

  /// The connections that have something to be sent, or are to be closed.
  public var activeConnections: [ConnectionID] {
    connections.filter { $0.pendingByteCount > 0 || $0.end != nil }.map(\.id)
  }

  /// Takes bytes of a connection.
  public mutating func receive(
    _ bytes: some Collection<UInt8>, from id: ConnectionID, now: Instant
  ) {
    guard let place = place(of: id) else { return }
    connections[place].framer.append(bytes)
    connections[place].heardAt = now
    connections[place].isProbing = false
  }

  /// What is to be sent to a connection next, at most `limit` bytes of it.
  public mutating func takeOutput(
    of id: ConnectionID, limit: Int = 1 << 16, now: Instant
  ) -> [UInt8] {
    guard let place = place(of: id) else { return [] }
    return connections[place].takeOutput(limit: limit, now: now)
  }

  /// Does some of what was asked for by each connection.
  ///
  /// - Parameters:
  ///   - datapath: The bridge's forwarding.
  ///   - now: The time.
  ///   - emit: Is called for frames that controllers send, as by `Datapath.process`.
  /// - Returns: Whether there is more to do.
  public mutating func run(
    _ datapath: inout Datapath, now: Instant, emit: (FlowOutput, RawSpan, FrameInfo) -> Void
  ) -> Bool {
    var isMore = false
    // A place holds still meanwhile: connections are closed by their owner alone.
    for place in connections.indices {
      var budget = configuration.roundBudget
      while connections[place].end == nil,
        connections[place].pendingByteCount <= configuration.outputLimit
      {
        guard budget > 0 else {
          isMore = true
          break
        }
        budget -= 1
        do throws(OpenFlowError) {
          guard let message = try connections[place].framer.next() else { break }
          handle(message, place, &datapath, now: now, emit: emit)
        } catch {
          connections[place].end = .badFraming
        }
      }
    }
    tellRemovedFlows(&datapath, now: now)
    return isMore
  }

  /// Tells controllers of flows that have gone. `run` does it, too.
  public mutating func tellRemovedFlows(_ datapath: inout Datapath, now: Instant) {
    while let removed = datapath.nextRemovedFlow() { flowRemoved(removed, now: now) }
  }

  func place(of id: ConnectionID) -> Int? { connections.firstIndex { $0.id == id } }

  mutating func send(_ bytes: [UInt8], to id: ConnectionID, now: Instant) {
    guard let place = place(of: id) else { return }
    connections[place].write(bytes, now: now)
  }

  // MARK: Time

  /// When `poll` has something to do.
  public var nextDeadline: Instant? {
    var deadline: Instant?
    for connection in connections where connection.end == nil {
      if connection.kind == .controller, configuration.probeInterval > .zero {
        let next = connection.heardAt + configuration.probeInterval
        deadline = earliest(
          deadline, connection.isProbing ? next + configuration.probeInterval : next)
      }
      deadline = earliest(deadline, connection.stalledSince.map { $0 + configuration.stallLimit })
    }
    return deadline
  }

  /// Probes who is silent, and lets go who does not answer or read.
  public mutating func poll(now: Instant) {
    let interval = configuration.probeInterval
    for place in connections.indices where connections[place].end == nil {
      if let since = connections[place].stalledSince, since + configuration.stallLimit <= now {
        connections[place].end = .slowReader
        continue
      }
      guard connections[place].kind == .controller, interval > .zero else { continue }
      let silent = now - connections[place].heardAt
      if connections[place].isProbing {
        if silent >= interval + interval { connections[place].end = .silent }
      } else if silent >= interval {
        connections[place].isProbing = true
        guard let version = connections[place].version else { continue }
        connections[place].write(
          OpenFlowMessage.encode(version, .echoRequest, transaction: 0), now: now)
      }
    }
  }
}
