// This file says `unsafe`: it lends arrays as spans and copies what comes back.

import MartletDevice
import MartletFlow

/// A datapath with ports 1 to 4 and a clock that the test moves.
final class Bench {
  var datapath: Datapath
  var now = Instant(milliseconds: 1000)

  /// What a frame became.
  struct Sent: Equatable {
    /// The port; `nil` for the controllers.
    var port: UInt32?
    var frame: [UInt8]
  }

  /// The key of a frame on a port.
  static func key(_ frame: [UInt8], on port: UInt32 = 1) -> FlowKey {
    var key = FlowKey()
    key.inPort = PortNumber(port)
    let span = frame.span
    _ = unsafe key.extract(span.bytes)
    return key
  }

  init(ports: ClosedRange<UInt32> = 1...4, miss: DatapathConfiguration.Miss = .drop) throws {
    var configuration = DatapathConfiguration()
    configuration.miss = miss
    datapath = Datapath(configuration: configuration)
    for port in ports { try datapath.addPort(BridgePort(PortNumber(port))) }
  }

  func add(
    table: UInt8 = 0, priority: UInt16 = 32768, _ actions: [Action],
    idle: UInt16 = 0, hard: UInt16 = 0, flags: FlowSpecification.Flags = [],
    _ match: (inout FlowMatch) -> Void = { _ in }
  ) throws {
    var flow = FlowSpecification()
    flow.table = table
    flow.priority = priority
    flow.actions = actions
    flow.idleTimeout = idle
    flow.hardTimeout = hard
    flow.flags = flags
    match(&flow.match)
    try datapath.add(flow, now: now)
  }

  /// What comes of a frame.
  func send(_ frame: [UInt8], from port: UInt32 = 1) -> [Sent] {
    var sent: [Sent] = []
    let span = frame.span
    unsafe datapath.process(
      span.bytes, FrameInfo(), from: PortNumber(port), now: now
    ) { output, bytes, _ in
      let copy = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
      switch output {
      case .port(let number, _): sent.append(Sent(port: number.rawValue, frame: copy))
      case .controller: sent.append(Sent(port: nil, frame: copy))
      }
    }
    return sent
  }

  /// What would come of a frame, step by step.
  func trace(_ frame: [UInt8], from port: UInt32 = 1) -> (steps: [TraceStep], mask: FlowMask)? {
    let span = frame.span
    let trace = unsafe datapath.trace(span.bytes, from: PortNumber(port), now: now)
    return trace.map { ($0.steps, $0.mask) }
  }

  var flowCount: Int { datapath.flowCount }

  func dropped(_ reason: FlowDrop) -> UInt64 { datapath.dropped(reason) }

  func nextRemovedFlow() -> RemovedFlow? { datapath.nextRemovedFlow() }

  func delete(_ filter: FlowFilter) -> Int { datapath.delete(filter, now: now) }

  /// The ports that a frame leaves by; 0 stands for the controllers.
  func ports(_ frame: [UInt8], from port: UInt32 = 1) -> [UInt32] {
    send(frame, from: port).map { $0.port ?? 0 }
  }
}
