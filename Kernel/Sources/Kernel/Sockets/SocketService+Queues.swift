import MartletRing

/// The queues of operations that wait at a socket.
extension SocketService {
  /// One of a socket's two queues.
  struct WaitingPlace {
    let handle: SocketHandle
    let isReader: Bool
  }

  /// Where an operation waits; `nil` for one that waits at no socket, or not at all.
  func waitingPlace(of operation: SocketOperation) -> WaitingPlace? {
    switch operation {
    case .accept(let handle), .receive(let handle):
      WaitingPlace(handle: handle, isReader: true)
    case .connect(let handle, _), .send(let handle), .sendTo(let handle, _),
      .sendEcho(let handle, _, _, _), .shutdown(let handle):
      WaitingPlace(handle: handle, isReader: false)
    case .create, .bind, .listen, .close, .poll: nil
    }
  }

  func first(of place: WaitingPlace) -> OperationReference? { queue(place)?.first }

  func isEmpty(_ place: WaitingPlace) -> Bool { first(of: place) == nil }

  func append(_ reference: OperationReference, to place: WaitingPlace) {
    guard var queue = queue(place) else { return }
    if let last = queue.last {
      ports[Int(last.context)]?.setNext(reference, of: Int(last.slot))
    } else {
      queue.first = reference
    }
    queue.last = reference
    setQueue(queue, place)
  }

  func removeFirst(of place: WaitingPlace, next: OperationReference?) {
    guard var queue = queue(place) else { return }
    queue.first = next
    if next == nil { queue.last = nil }
    setQueue(queue, place)
  }

  /// Takes a parked operation out of the queue that it stands in, wherever in it that is.
  func dequeue(_ reference: OperationReference) {
    guard let port = ports[Int(reference.context)],
      let operation = port.operation(of: Int(reference.slot)),
      let place = waitingPlace(of: operation), var queue = queue(place)
    else { return }
    let next = port.next(of: Int(reference.slot))
    var previous: OperationReference?
    var current = queue.first
    while let other = current, other != reference {
      previous = other
      current = ports[Int(other.context)]?.next(of: Int(other.slot))
    }
    guard current == reference else { return }
    if let previous {
      ports[Int(previous.context)]?.setNext(next, of: Int(previous.slot))
    } else {
      queue.first = next
    }
    if queue.last == reference { queue.last = previous }
    setQueue(queue, place)
  }

  private func queue(_ place: WaitingPlace) -> OperationQueue? {
    sockets.withElement(place.handle) { place.isReader ? $0.readers : $0.writers }
  }

  private func setQueue(_ queue: OperationQueue, _ place: WaitingPlace) {
    _ = sockets.withElement(place.handle) { socket in
      if place.isReader { socket.readers = queue } else { socket.writers = queue }
    }
  }
}
