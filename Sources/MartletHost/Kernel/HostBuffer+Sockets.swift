extension HostBuffer {
  /// Receives up to `limit` bytes of a stream at the start.
  package mutating func receive(upTo limit: Int, from socket: Int32) -> Int {
    var bytes = mutableBytes(0..<max(0, min(limit, byteCount)))
    return KernelCalls.receive(into: &bytes, from: socket)
  }

  /// Receives one datagram at the start.
  package mutating func receiveDatagram(from socket: Int32) -> (length: Int, sender: Endpoint) {
    var bytes = mutableBytes(0..<byteCount)
    return KernelCalls.receiveDatagram(into: &bytes, from: socket)
  }

  /// Sends the bytes in `range` as a datagram to `peer`.
  package func send(_ range: Range<Int>, to peer: Endpoint, on socket: Int32) -> Int {
    KernelCalls.send(bytes(range), to: peer, on: socket)
  }
}
