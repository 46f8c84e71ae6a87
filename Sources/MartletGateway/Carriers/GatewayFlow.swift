internal import MartletDevice
internal import MartletStack
internal import MartletWire

/// A conversation that the service gives its turn when the host's side of it is ready.
protocol GatewayFlow: AnyObject {
  /// Whether it stands in the service's line already.
  var isQueued: Bool { get set }
  /// Moves what there is to move, within bounds.
  func advance(on stack: inout Stack, now: Instant)
}

/// The two ends of a conversation.
struct FlowPair: Hashable {
  let guest: Endpoint
  let destination: Endpoint
}

/// How many conversations each guest has.
struct GuestCounts {
  private var counts: [IPv4Address: Int] = [:]

  subscript(guest: IPv4Address) -> Int { counts[guest] ?? 0 }

  mutating func add(_ guest: IPv4Address) { counts[guest, default: 0] += 1 }

  mutating func remove(_ guest: IPv4Address) {
    let left = self[guest] - 1
    counts[guest] = left > 0 ? left : nil
  }
}
