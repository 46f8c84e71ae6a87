extension Stack {
  /// What a UDP or an echo socket has to say; `nil` when it was closed meanwhile.
  func datagramEvent(
    at place: Int, _ news: Readiness, _ places: SocketPlaces
  ) -> SocketEvent? {
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
