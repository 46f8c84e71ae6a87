internal import MartletDevice

/// Everything of TCP that outlives one event.
struct TCPTables: ~Copyable {
  /// The connections, each with its streams.
  var connections: Slab<Connection>
  /// The handshakes that listeners have under way: no buffers.
  var halfOpen: Slab<HalfOpen>
  /// What is left of connections that both sides have closed.
  var timeWait: TimeWaitTable
  /// The listeners.
  var listeners: Slab<Listener>
  /// From a segment's addresses and ports to one of the first three.
  var demux: DemuxTable
  /// Who stands in line for transmit slots, or for a neighbour.
  var links: ConnectionLinks
  /// The timers: connections first, then half-open entries.
  var timers: TimerWheel
  /// Whether runs are taken at once; tests compare what happens when they are not.
  var joinsRuns = true
  /// Whether a sender was refused for want of blocks that other connections hold.
  var hasStarvedSenders = false
  /// The fewest blocks available since one was last refused.
  var blocksWhenStarved = 0
  /// Whether frames come that belong together, see `beginBatch`.
  var isInBatch = false
  /// The connection that the last segment of a batch was for, which is not settled yet.
  var unsettled: Int?
  /// Secrets of SYN cookies.
  var cookies: SYNCookies

  init(_ configuration: Configuration, random: inout RandomGenerator) {
    let connectionCount = configuration.connectionCount
    connections = Slab(capacity: connectionCount)
    halfOpen = Slab(capacity: configuration.halfOpenCount)
    timeWait = TimeWaitTable(capacity: configuration.timeWaitCount)
    listeners = Slab(capacity: configuration.listenerCount)
    demux = DemuxTable(
      capacity: connectionCount + configuration.halfOpenCount + configuration.timeWaitCount)
    links = ConnectionLinks(count: connectionCount)
    timers = TimerWheel(count: connectionCount + configuration.halfOpenCount)
    cookies = SYNCookies(key: SipHash(key0: random.next(), key1: random.next()))
  }

  /// The slot that a segment between these ends belongs to; `none` when there is none.
  func find(_ key: ConnectionKey, hash: UInt32) -> DemuxTable.Reference {
    var probe: UInt32?
    while let reference = demux.next(hash, after: &probe) {
      switch reference.kind {
      case .connection where connections[reference.index].key == key: return reference
      case .halfOpen where halfOpen[reference.index].key == key: return reference
      case .timeWait where timeWait[reference.index].key == key: return reference
      default: continue
      }
    }
    return .none
  }

  /// The timer of a half-open entry.
  func timer(ofHalfOpen index: Int) -> Int { connections.capacity + index }
}
