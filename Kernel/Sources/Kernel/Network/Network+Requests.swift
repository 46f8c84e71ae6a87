import MartletDevice

/// What a thread of the kernel wants to know of the network, or to have done to it: a closure that
/// the softIRQ runs while the thread waits.
final class NetworkRequest {
  fileprivate let body: (Network, Instant) -> Void
  fileprivate let waiters = WaitQueue()
  fileprivate var isDone = false

  fileprivate init(_ body: @escaping (Network, Instant) -> Void) { self.body = body }
}

extension Network {
  /// Runs `body` in the softIRQ, which alone may touch the stack, and waits until it has run.
  static func perform(_ body: @escaping (Network, Instant) -> Void) {
    guard let network = shared else { return }
    let request = NetworkRequest(body)
    withInterruptsMasked { network.requests.append(request) }
    SoftIRQ.raise()
    request.waiters.wait { !request.isDone }
  }

  /// Runs what threads have asked for.
  func serveRequests(_ now: Instant) {
    while let request = withInterruptsMasked({ requests.isEmpty ? nil : requests.removeFirst() }) {
      request.body(self, now)
      withInterruptsMasked { request.isDone = true }
      request.waiters.wakeAll()
    }
  }
}
