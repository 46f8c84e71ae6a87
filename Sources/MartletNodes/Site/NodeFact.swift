internal import MartletDevice
internal import MartletHTTP
internal import MartletStack

/// One number that a node shows of itself, in the order of its page.
enum NodeFact: UInt8, CaseIterable {
  // Web server
  case uptimeSeconds, httpRequests, httpConnections, httpOpen, httpBadRequests, httpTimeouts
  // TCP
  case tcpInSegs, tcpOutSegs, tcpRetransSegs, tcpPassiveOpens, tcpActiveOpens, tcpOutRsts
  // Internet
  case ipInReceives, ipOutRequests, icmpInEchos, udpInDatagrams, udpOutDatagrams, ipReasmOKs
  // Link and memory
  case inFrames, outFrames, inOctets, outOctets, blocksInUse, dropped

  /// What values are taken from.
  struct Source {
    let counters: Counters
    let interface: InterfaceCounters
    let memory: MemoryUse
    let web: WebCounters
    let uptime: Interval
  }

  /// The title of the group that it is the first of.
  var title: Literal? {
    switch self {
    case .uptimeSeconds: "Web server"
    case .tcpInSegs: "TCP"
    case .ipInReceives: "Internet"
    case .inFrames: "Link and memory"
    default: nil
    }
  }

  /// Whether its group ends with it.
  var isLast: Bool { Self(rawValue: rawValue + 1)?.title != nil || self == Self.allCases.last }

  /// Its name in JSON.
  var key: Literal {
    switch self {
    case .uptimeSeconds: "uptimeSeconds"
    case .httpRequests: "httpRequests"
    case .httpConnections: "httpConnections"
    case .httpOpen: "httpOpen"
    case .httpBadRequests: "httpBadRequests"
    case .httpTimeouts: "httpTimeouts"
    case .tcpInSegs: "tcpInSegs"
    case .tcpOutSegs: "tcpOutSegs"
    case .tcpRetransSegs: "tcpRetransSegs"
    case .tcpPassiveOpens: "tcpPassiveOpens"
    case .tcpActiveOpens: "tcpActiveOpens"
    case .tcpOutRsts: "tcpOutRsts"
    case .ipInReceives: "ipInReceives"
    case .ipOutRequests: "ipOutRequests"
    case .icmpInEchos: "icmpInEchos"
    case .udpInDatagrams: "udpInDatagrams"
    case .udpOutDatagrams: "udpOutDatagrams"
    case .ipReasmOKs: "ipReasmOKs"
    case .inFrames: "inFrames"
    case .outFrames: "outFrames"
    case .inOctets: "inOctets"
    case .outOctets: "outOctets"
    case .blocksInUse: "blocksInUse"
    case .dropped: "dropped"
    }
  }

  /// Its words on the page.
  var label: Literal {
    switch self {
    case .uptimeSeconds: "Seconds up"
    case .httpRequests: "Requests answered"
    case .httpConnections: "Connections taken"
    case .httpOpen: "Open now"
    case .httpBadRequests: "Requests refused"
    case .httpTimeouts: "Clients too slow"
    case .tcpInSegs: "Segments in"
    case .tcpOutSegs: "Segments out"
    case .tcpRetransSegs: "Sent again"
    case .tcpPassiveOpens: "Opened by peers"
    case .tcpActiveOpens: "Opened here"
    case .tcpOutRsts: "Resets sent"
    case .ipInReceives: "IPv4 packets in"
    case .ipOutRequests: "IPv4 packets out"
    case .icmpInEchos: "Pings answered"
    case .udpInDatagrams: "UDP datagrams in"
    case .udpOutDatagrams: "UDP datagrams out"
    case .ipReasmOKs: "Put together again"
    case .inFrames: "Frames in"
    case .outFrames: "Frames out"
    case .inOctets: "Bytes in"
    case .outOctets: "Bytes out"
    case .blocksInUse: "Buffer blocks in use"
    case .dropped: "Packets dropped"
    }
  }

  /// Its value.
  func value(in source: borrowing Source) -> UInt64 {
    switch self {
    case .uptimeSeconds: UInt64(clamping: source.uptime.microseconds / 1_000_000)
    case .httpRequests: source.web.requests
    case .httpConnections: source.web.connections
    case .httpOpen: UInt64(clamping: source.web.openCount)
    case .httpBadRequests: source.web.badRequests
    case .httpTimeouts: source.web.timeouts
    case .tcpInSegs: source.counters.tcpInSegs
    case .tcpOutSegs: source.counters.tcpOutSegs
    case .tcpRetransSegs: source.counters.tcpRetransSegs
    case .tcpPassiveOpens: source.counters.tcpPassiveOpens
    case .tcpActiveOpens: source.counters.tcpActiveOpens
    case .tcpOutRsts: source.counters.tcpOutRsts
    case .ipInReceives: source.counters.ipInReceives
    case .ipOutRequests: source.counters.ipOutRequests
    case .icmpInEchos: source.counters.icmpOutEchoReps
    case .udpInDatagrams: source.counters.udpInDatagrams
    case .udpOutDatagrams: source.counters.udpOutDatagrams
    case .ipReasmOKs: source.counters.ipReasmOKs
    case .inFrames: source.interface.inFrames
    case .outFrames: source.interface.outFrames
    case .inOctets: source.interface.inOctets
    case .outOctets: source.interface.outOctets
    case .blocksInUse: UInt64(clamping: source.memory.blockCount)
    case .dropped: source.counters.droppedInAll
    }
  }
}
