public import MartletDevice
internal import MartletWire

/// TCP listeners as their owner sees them.
extension Stack {
  /// Takes connections to an address and port.
  ///
  /// The unspecified address means any of this host's. Port 0 means any port, for an interface that
  /// accepts every destination. Throws `addressNotLocal`, `portInUse` or `tableFull`.
  public mutating func listen(
    on local: Endpoint, options: ListenerOptions = ListenerOptions()
  ) throws(StackError) -> ListenerHandle {
    guard local.address.isUnspecified || addresses.isLocal(local.address) else {
      throw .addressNotLocal(local.address)
    }
    for index in 0..<tcp.listeners.highWater where tcp.listeners.isUsed(index) {
      let isSame =
        tcp.listeners[index].port == local.port && tcp.listeners[index].address == local.address
      if isSame { throw .portInUse(local.port) }
    }
    let listener = Listener(address: local.address, port: local.port, options: options)
    guard !tcp.listeners.isFull, let index = tcp.listeners.insert(listener) else {
      throw .tableFull(.listeners)
    }
    readiness.clear(places.listeners + index)
    return ListenerHandle(index: index, generation: tcp.listeners.generation(at: index))
  }

  private func index(of handle: ListenerHandle) throws(StackError) -> Int {
    let index = Int(handle.index)
    guard tcp.listeners.holds(index, generation: handle.generation) else { throw .staleHandle }
    return index
  }

  /// Takes the connection that has waited longest; `nil` when none waits.
  public mutating func accept(on handle: ListenerHandle) throws(StackError) -> TCPHandle? {
    let slot = try index(of: handle)
    guard tcp.listeners[slot].firstReady != .max else { return nil }
    let index = Int(tcp.listeners[slot].firstReady)
    tcp.listeners[slot].firstReady = tcp.connections[index].nextReady
    if tcp.listeners[slot].firstReady == .max { tcp.listeners[slot].lastReady = .max }
    tcp.listeners[slot].readyCount -= 1
    tcp.connections[index].flags.remove(.unaccepted)
    tcp.connections[index].listener = nil
    tcp.connections[index].nextReady = .max
    readiness.clear(index)
    // What arrived before the connection had a user is news to the user.
    if !tcp.connections[index].receiveQueue.isEmpty || !tcp.connections[index].state.canReceive {
      readiness.post(.readable, for: index)
    }
    return TCPHandle(index: index, generation: tcp.connections.generation(at: index))
  }

  /// The connections that wait for `accept`.
  public func readyCount(of handle: ListenerHandle) throws(StackError) -> Int {
    tcp.listeners[try index(of: handle)].readyCount
  }

  /// Ends a listener. Handshakes under way are forgotten, and connections that nobody accepted are
  /// reset; those accepted live on. The handle is stale from here on.
  public mutating func close(_ handle: ListenerHandle, now: Instant) {
    advance(to: now)
    guard let slot = try? index(of: handle) else { return }
    for index in 0..<tcp.halfOpen.highWater where tcp.halfOpen.isUsed(index) {
      if Int(tcp.halfOpen[index].listener.index) == slot { removeHalfOpen(index) }
    }
    while tcp.listeners[slot].firstReady != .max {
      let index = Int(tcp.listeners[slot].firstReady)
      tcp.connections[index].abort(buffers: &buffers)
      settle(index)
    }
    readiness.clear(places.listeners + slot)
    tcp.listeners.remove(at: slot)
  }

  // MARK: Asking first

  /// Takes the oldest SYN that its owner has not been asked about; `nil` when there is none.
  ///
  /// It waits for `answer`, in any order with others, for as long as a handshake may last.
  public mutating func nextRequest(
    on handle: ListenerHandle
  ) throws(StackError) -> ConnectionRequest? {
    let listener = try index(of: handle)
    let first = tcp.listeners[listener].firstAwaiting
    guard first != .max else { return nil }
    unqueueForAnswer(Int(first), listener: listener)
    let key = tcp.halfOpen[Int(first)].key
    return ConnectionRequest(
      source: Endpoint(key.remoteAddress, port: key.remotePort),
      destination: Endpoint(key.localAddress, port: key.localPort),
      index: first, generation: tcp.halfOpen.generation(at: Int(first)))
  }

  /// Answers a SYN: with a SYN-ACK, or with a reset. One that has gone meanwhile is left alone.
  public mutating func answer(_ request: ConnectionRequest, accepting: Bool, now: Instant) {
    advance(to: now)
    let index = Int(request.index)
    guard tcp.halfOpen.holds(index, generation: request.generation),
      tcp.halfOpen[index].awaitsAnswer
    else { return }
    if accepting {
      tcp.halfOpen[index].awaitsAnswer = false
      return sendSynAcknowledgment(index)
    }
    let entry = tcp.halfOpen[index]
    removeHalfOpen(index)
    sendControl(
      ControlSegment(
        key: entry.key, sequence: SequenceNumber(rawValue: 0),
        acknowledgment: entry.initialReceive.advanced(by: 1), flags: [.rst, .ack]))
  }

  /// Puts a half-open entry into the line of those whose owner is asked.
  mutating func queueForAnswer(_ index: Int, listener: Int) {
    let place = UInt32(truncatingIfNeeded: index)
    tcp.halfOpen[index].nextAwaiting = .max
    if tcp.listeners[listener].lastAwaiting == .max {
      tcp.listeners[listener].firstAwaiting = place
    } else {
      tcp.halfOpen[Int(tcp.listeners[listener].lastAwaiting)].nextAwaiting = place
    }
    tcp.listeners[listener].lastAwaiting = place
    readiness.post(.readable, for: places.listeners + listener)
  }

  /// Takes a half-open entry out of that line.
  mutating func unqueueForAnswer(_ index: Int, listener: Int) {
    let place = UInt32(truncatingIfNeeded: index)
    var previous = UInt32.max
    var current = tcp.listeners[listener].firstAwaiting
    while current != .max, current != place {
      previous = current
      current = tcp.halfOpen[Int(current)].nextAwaiting
    }
    guard current != .max else { return }
    let next = tcp.halfOpen[index].nextAwaiting
    if previous == .max {
      tcp.listeners[listener].firstAwaiting = next
    } else {
      tcp.halfOpen[Int(previous)].nextAwaiting = next
    }
    if next == .max { tcp.listeners[listener].lastAwaiting = previous }
  }
}
