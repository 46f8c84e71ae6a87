internal import MartletDevice

/// What a server knows of one connection.
final class Session {
  /// A monitor of this connection.
  struct Monitor {
    let identifier: JSONValue
    var definition: MonitorDefinition
  }

  /// A transaction that waits.
  struct Waiting {
    let id: JSONValue
    let database: Int
    let operations: ArraySlice<JSONValue>
    let since: Instant
    /// When a `wait` of it gives up; `nil` for never.
    var deadline: Instant?
  }

  let identifier: SessionID
  var framer: JSONFramer
  var output: [UInt8] = []
  /// Bytes handed out and not known to be read.
  var inFlight = 0
  var monitors: [Monitor] = []
  var waiting: [Waiting] = []
  var locks: Set<String> = []
  var end: SessionEnd?
  /// When something last came.
  var lastHeard: Instant
  let isProbed: Bool
  var isAsked = false

  init(_ identifier: SessionID, framer: JSONFramer, isProbed: Bool, now: Instant) {
    self.identifier = identifier
    self.framer = framer
    self.isProbed = isProbed
    lastHeard = now
  }

  /// What it has not read yet, in bytes.
  var backlog: Int { output.count + inFlight }

  func send(_ message: JSONValue) {
    guard end == nil else { return }
    message.append(to: &output)
  }
}
