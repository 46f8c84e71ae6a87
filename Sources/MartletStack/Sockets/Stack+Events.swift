/// What sockets have to say.
extension Stack {
  /// Takes the next socket that has something to say; `nil` when none has.
  ///
  /// A socket stands here at most once, with all that has happened to it since it was last taken,
  /// so that no event is lost however late its owner looks.
  public mutating func nextEvent() -> SocketEvent? {
    while let (place, news) = readiness.next() {
      if let event = event(at: place, news) { return event }
    }
    guard tcp.hasStarvedSenders else { return nil }
    tcp.blocksWhenStarved = min(tcp.blocksWhenStarved, buffers.blocks.availableCount)
    guard resumeStarvedSenders() else { return nil }
    return nextEvent()
  }

  /// Whether any socket has something to say.
  public var hasEvents: Bool {
    !readiness.isEmpty || (tcp.hasStarvedSenders && hasBlocksForStarvedSenders)
  }

  private func event(at place: Int, _ news: Readiness) -> SocketEvent? {
    if place < places.listeners {
      guard tcp.connections.isUsed(place) else { return nil }
      return .tcp(
        TCPHandle(index: place, generation: tcp.connections.generation(at: place)), news)
    }
    if place < places.udpSockets {
      let index = place - places.listeners
      guard tcp.listeners.isUsed(index) else { return nil }
      return .listener(
        ListenerHandle(index: index, generation: tcp.listeners.generation(at: index)), news)
    }
    if place < places.echoSockets {
      let index = place - places.udpSockets
      guard udp.sockets.isUsed(index) else { return nil }
      return .udp(UDPHandle(index: index, generation: udp.sockets.generation(at: index)), news)
    }
    let index = place - places.echoSockets
    guard echoSockets.isUsed(index) else { return nil }
    return .echo(EchoHandle(index: index, generation: echoSockets.generation(at: index)), news)
  }
}
