import Synchronization

/// What waits for one client of a capture: bounded, so that a slow one misses packets and holds up nobody.
final class CaptureQueue: Sendable {
  /// The bytes that may wait.
  static let byteLimit = 4 << 20

  /// What a client gets at once.
  struct Batch {
    /// Blocks of a pcapng file.
    var bytes: [UInt8] = []
    /// The packets missed since the beginning.
    var missed: UInt64 = 0
    /// Whether there were as many packets as the client wanted.
    var isLast = false
  }

  private struct State {
    var bytes: [UInt8] = []
    var missed: UInt64 = 0
    /// The packets that are still wanted; `nil` for all.
    var left: Int?
  }

  private let state: Mutex<State>
  /// Says that there is something to take.
  let news: AsyncStream<Void>
  private let tell: AsyncStream<Void>.Continuation

  /// Waits for `limit` packets; 0 is for all.
  init(limit: Int) {
    state = Mutex(State(left: limit > 0 ? limit : nil))
    (news, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Puts a packet's block in, or counts it as missed.
  func put(_ block: [UInt8]) {
    state.withLock { state in
      guard state.left != 0 else { return }
      guard state.bytes.count + block.count <= Self.byteLimit else {
        state.missed += 1
        return
      }
      state.bytes += block
      if let left = state.left { state.left = left - 1 }
    }
    tell.yield()
  }

  /// Takes what there is.
  func take() -> Batch {
    state.withLock { state in
      defer { state.bytes = [] }
      return Batch(bytes: state.bytes, missed: state.missed, isLast: state.left == 0)
    }
  }
}
