internal import MartletDevice
internal import MartletWire

/// What the stack does for a connection after each of its events.
extension Stack {
  /// Does what the connection's outcome asks for: the one place where a connection meets the
  /// tables.
  mutating func settle(_ index: Int) {
    let outcome = tcp.connections[index].outcome
    tcp.connections[index].outcome = []
    if outcome.contains(.reset) { sendReset(of: index) }
    if outcome.contains(.established) { announce(index) }
    if outcome.contains(.progress), let neighbour = tcp.connections[index].neighbour {
      confirmReachability(of: neighbour)
    }
    if outcome.contains(.transmit), tcp.connections[index].state != .closed {
      let interface = Int(tcp.connections[index].interface)
      if interfaces.isUsed(interface) {
        tcp.links.append(index, to: &interfaces[interface].ready)
      }
    }
    tellUser(index)
    if outcome.contains(.timeWait) { enterTimeWait(index) }
    if outcome.contains(.ended) { leaveTables(index) } else { armTimer(index) }
  }

  /// Posts what the user has to hear, unless nobody has the connection yet or any more.
  private mutating func tellUser(_ index: Int) {
    let news = tcp.connections[index].news
    guard !news.isEmpty else { return }
    tcp.connections[index].news = []
    guard tcp.connections[index].flags.isDisjoint(with: [.orphaned, .unaccepted]) else { return }
    readiness.post(news, for: index)
  }

  /// A wheel timer is moved only when it must run earlier: one that runs out early looks again.
  private mutating func armTimer(_ index: Int) {
    guard tcp.connections.isUsed(index) else { return }
    let deadline = tcp.connections[index].nextDeadline
    guard deadline != .distantFuture else { return }
    if let armed = tcp.timers.deadline(of: index), armed <= deadline { return }
    tcp.timers.arm(index, at: deadline)
  }

  private mutating func sendReset(of index: Int) {
    let key = tcp.connections[index].key
    sendControl(
      ControlSegment(
        key: key, sequence: tcp.connections[index].sendNext,
        acknowledgment: tcp.connections[index].receiveNext, flags: [.rst, .ack]))
  }

  /// A handshake is complete: its listener, or its user, hears of it.
  private mutating func announce(_ index: Int) {
    guard let listener = tcp.connections[index].listener else { return }
    counters.tcpPassiveOpens &+= 1
    let slot = Int(listener.index)
    let place = UInt32(truncatingIfNeeded: index)
    tcp.connections[index].nextReady = .max
    if tcp.listeners[slot].lastReady == .max {
      tcp.listeners[slot].firstReady = place
    } else {
      tcp.connections[Int(tcp.listeners[slot].lastReady)].nextReady = place
    }
    tcp.listeners[slot].lastReady = place
    tcp.listeners[slot].readyCount += 1
    readiness.post(.readable, for: places.listeners + slot)
  }

  // MARK: End

  /// The connection takes part in nothing any more. Its slot stays until its user has let go.
  private mutating func leaveTables(_ index: Int) {
    tcp.timers.disarm(index)
    tcp.demux.remove(tcp.connections[index].hash, DemuxTable.Reference(.connection, index))
    let flags = tcp.connections[index].flags
    if flags.contains(.unaccepted) {
      unqueueReady(index)
      free(index)
    } else if flags.contains(.orphaned) {
      free(index)
    }
  }

  /// Gives a connection's slot back. It must have left the tables.
  mutating func free(_ index: Int) {
    buffers.blocks.release(tcp.connections[index].receiveQueue.take())
    readiness.clear(index)
    tcp.connections.remove(at: index)
  }

  /// Takes a connection that has ended out of its listener's queue, wherever it stands in it.
  private mutating func unqueueReady(_ index: Int) {
    guard let listener = tcp.connections[index].listener else { return }
    let slot = Int(listener.index)
    let place = UInt32(truncatingIfNeeded: index)
    var previous = UInt32.max
    var current = tcp.listeners[slot].firstReady
    while current != .max, current != place {
      previous = current
      current = tcp.connections[Int(current)].nextReady
    }
    guard current != .max else { return }
    let next = tcp.connections[index].nextReady
    if previous == .max {
      tcp.listeners[slot].firstReady = next
    } else {
      tcp.connections[Int(previous)].nextReady = next
    }
    if next == .max { tcp.listeners[slot].lastReady = previous }
    tcp.listeners[slot].readyCount -= 1
  }

  /// Both sides have closed. Without a user the connection becomes a compact record; with one it
  /// stays until its last bytes are read.
  mutating func enterTimeWait(_ index: Int) {
    guard tcp.connections[index].state == .timeWait else { return }
    guard tcp.connections[index].flags.contains(.orphaned) else {
      tcp.connections[index].lifetimeDeadline = now + configuration.timeWait
      return
    }
    // The last acknowledgment is owed now: the record answers only what comes later.
    if tcp.connections[index].flags.contains(.acknowledgmentDue) { acknowledgeAlone(index) }
    if tcp.timeWait.isFull, let oldest = tcp.timeWait.oldest { removeTimeWait(oldest) }
    let window = tcp.connections[index].advertisedWindow()
    let record = TimeWaitTable.Record(
      tcp.connections[index], window: window, expiry: now + configuration.timeWait)
    if let slot = tcp.timeWait.append(record) {
      tcp.demux.replace(
        record.hash, DemuxTable.Reference(.connection, index),
        with: DemuxTable.Reference(.timeWait, slot))
    }
    tcp.connections[index].end(.closed, buffers: &buffers)
    tcp.connections[index].outcome = []
    leaveTables(index)
  }

  /// Sends an acknowledgment in a packet of its own, ahead of the connection's turn.
  mutating func acknowledgeAlone(_ index: Int) {
    let hasTimestamps = tcp.connections[index].flags.contains(.timestamps)
    let window = tcp.connections[index].advertisedWindow()
    sendControl(
      ControlSegment(
        key: tcp.connections[index].key, sequence: tcp.connections[index].sendNext,
        acknowledgment: tcp.connections[index].receiveNext, flags: .ack, window: window,
        timestamp: hasTimestamps ? tcp.connections[index].timestamp(at: now) : nil,
        timestampEcho: tcp.connections[index].timestampRecent))
    tcp.connections[index].didAcknowledge()
  }
}
