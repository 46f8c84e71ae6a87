package import MartletStack

extension HostBuffer {
  /// Takes a datagram of a stack's socket to the start; `nil` when there is none.
  package mutating func receive(
    from socket: UDPHandle, of stack: inout Stack
  ) throws(StackError) -> ReceivedDatagram? {
    var bytes = mutableBytes(0..<byteCount)
    return try stack.receive(from: socket, into: &bytes)
  }
}
