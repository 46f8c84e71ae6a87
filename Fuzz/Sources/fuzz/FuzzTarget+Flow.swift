import MartletDevice
import MartletFlow

// A frame through flows that change all of it, and through connection tracking.

extension FuzzTarget {
  /// What is sent of a frame must be the same when it is found in the tables and when it is remembered.
  static func forward(_ bytes: RawSpan) {
    guard bytes.byteCount > 0, var bridge = try? FuzzBridge() else { return }
    let first = bridge.send(bytes)
    check(first == bridge.send(bytes), "what is remembered is what was found")
    // Through connection tracking, whose state grows: only that it holds.
    _ = bridge.send(bytes, from: 2)
    _ = bridge.send(bytes, from: 2)
    check(bridge.datapath.flowCount == 5, "the flows are still there")
  }
}

/// A bridge with few places and flows that do much.
struct FuzzBridge: ~Copyable {
  var datapath: Datapath

  init() throws(FlowError) {
    var configuration = DatapathConfiguration()
    configuration.tableCount = 3
    configuration.exactCacheSize = 8
    configuration.stationLimit = 8
    configuration.tracking.capacity = 64
    datapath = Datapath(configuration: configuration)
    for port in 1...3 as ClosedRange<UInt32> { try datapath.addPort(BridgePort(PortNumber(port))) }
    var fields: [Action] = []
    for field in Field.allCases where field.isWritable {
      fields.append(.setField(field, value: 1, mask: 1))
    }
    let out = Action.output(PortNumber(3), maxLength: 0)
    try add(0, 2, port: 1, [out, .decrementTTL, .pushVLAN(0x8100), out, .gotoTable(1)])
    try add(
      1, 1, port: nil, [.clone(fields + [out, .pushMPLS(0x8847), out]), .resubmit(nil, table: 2)])
    try add(2, 1, port: 1, [.popVLAN, .popMPLS(0x0800), .output(.controller, maxLength: 0), out])
    var track = TrackAction()
    track.commits = true
    track.table = 2
    var nat = NATAction()
    nat.direction = .source
    nat.addresses = 0x0A00_0001...0x0A00_0002
    track.actions = [.nat(nat)]
    try add(0, 2, port: 2, [.track(track)])
    try add(2, 1, port: 2, [out])
  }

  private mutating func add(
    _ table: UInt8, _ priority: UInt16, port: UInt32?, _ actions: [Action]
  ) throws(FlowError) {
    var flow = FlowSpecification()
    flow.table = table
    flow.priority = priority
    if let port { flow.match.set(.inPort, UInt128(port)) }
    flow.actions = actions
    try datapath.add(flow, now: .zero)
  }

  mutating func send(_ frame: RawSpan, from port: UInt32 = 1) -> [[UInt8]] {
    var sent: [[UInt8]] = []
    datapath.process(frame, FrameInfo(), from: PortNumber(port), now: .zero) { _, bytes, _ in
      sent.append([UInt8](bytes))
    }
    return sent
  }
}
