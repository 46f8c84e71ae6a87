internal import MartletDevice
internal import MartletFlow
internal import MartletFlowText

/// A flow as it is shown.
public struct FlowStatus: Sendable {
  /// Its table.
  public let table: UInt8
  /// Its priority.
  public let priority: UInt16
  /// Its cookie.
  public let cookie: UInt64
  /// What it demands of a frame, in the words of `ovs-ofctl`; empty for all.
  public let match: String
  /// What it does, in the same words.
  public let actions: String
  /// Frames that met it.
  public let packets: UInt64
  /// Their bytes.
  public let bytes: UInt64
  /// Milliseconds since it was added.
  public let age: Int64
  /// Seconds without a frame after which it goes; 0 for never.
  public let idleTimeout: UInt16
  /// Seconds after which it goes; 0 for never.
  public let hardTimeout: UInt16

  init(_ flow: Flow, _ words: FlowText, now: Instant) {
    let specification = flow.specification
    table = specification.table
    priority = specification.priority
    cookie = specification.cookie
    match = words.format(specification.match)
    actions = words.format(specification.actions)
    packets = flow.packetCount
    bytes = flow.byteCount
    age = (now - flow.addedAt).microseconds / 1000
    idleTimeout = specification.idleTimeout
    hardTimeout = specification.hardTimeout
  }

  /// The flow as `ovs-ofctl dump-flows` prints it.
  public var text: String {
    let fraction = String(age % 1000 + 1000).dropFirst()
    var text = "cookie=0x\(String(cookie, radix: 16))"
    text += ", duration=\(age / 1000).\(fraction)s, table=\(table)"
    text += ", n_packets=\(packets), n_bytes=\(bytes)"
    if idleTimeout > 0 { text += ", idle_timeout=\(idleTimeout)" }
    if hardTimeout > 0 { text += ", hard_timeout=\(hardTimeout)" }
    text += ", priority=\(priority)" + (match.isEmpty ? "" : ",\(match)")
    return text + " actions=\(actions)"
  }
}
