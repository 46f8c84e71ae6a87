internal import MartletDevice

/// What an agent knows of one connection.
struct AgentConnection: Sendable {
  let id: ConnectionID
  let kind: ConnectionKind
  var framer = MessageFramer()
  private(set) var output: [UInt8] = []
  private(set) var outputPlace = 0
  var version: OpenFlowVersion?
  var end: ConnectionEnd?
  var role = ControllerRole.equal
  var controllerID: UInt16 = 0
  /// 0 is the standard's, 1 and 2 are Nicira's.
  var packetInFormat: UInt32 = 0
  var namesTable = false
  var configFlags: UInt16 = 0
  var missSendLength: UInt16 = 128
  /// Which reasons of packet-in, port-status and flow-removed are told: as master or equal, and as slave.
  var asynchronous: [UInt32]
  var bundles: [Bundle] = []
  var heardAt: Instant
  var isProbing = false
  var stalledSince: Instant?
  /// Messages that were not sent because too much waited already.
  var dropped: UInt64 = 0

  init(_ id: ConnectionID, _ kind: ConnectionKind, now: Instant) {
    self.id = id
    self.kind = kind
    heardAt = now
    asynchronous = kind == .service ? [0, 0, 0, 0, 0, 0] : [3, 0, 7, 7, 15, 0]
  }

  var pendingByteCount: Int { output.count - outputPlace }

  mutating func write(_ bytes: [UInt8], now: Instant) {
    if pendingByteCount == 0 { stalledSince = now }
    output.append(contentsOf: bytes)
  }

  mutating func takeOutput(limit: Int, now: Instant) -> [UInt8] {
    let count = min(limit, pendingByteCount)
    let bytes = Array(output[outputPlace..<outputPlace + count])
    outputPlace += count
    if outputPlace == output.count {
      output.removeAll(keepingCapacity: output.capacity < 1 << 17)
      outputPlace = 0
    } else if outputPlace > 1 << 20 {
      output.removeFirst(outputPlace)
      outputPlace = 0
    }
    stalledSince = pendingByteCount > 0 ? now : nil
    return bytes
  }

  /// Changes of a bundle wait here until it is committed.
  struct Bundle: Sendable {
    let id: UInt32
    let flags: UInt16
    var isClosed = false
    var messages: [OpenFlowMessage] = []
  }
}
