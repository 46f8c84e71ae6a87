internal import MartletDevice
internal import MartletHost
internal import MartletStack
internal import MartletWire

/// What moves between a buffer of a class, whose bytes cannot be lent out of it, and a stack.
extension HostBuffer {
  /// Sends bytes on a connection of a stack.
  func send(
    _ range: Range<Int>, on connection: TCPHandle, of stack: inout Stack, now: Instant
  ) throws(StackError) -> Int {
    try stack.send(bytes(range), on: connection, now: now)
  }

  /// Sends bytes as a datagram of the end `source`.
  func send(
    _ range: Range<Int>, to guest: Endpoint, from source: Endpoint, on socket: UDPHandle,
    of stack: inout Stack, now: Instant
  ) throws(StackError) {
    try stack.send(bytes(range), to: guest, from: source, on: socket, now: now)
  }

  /// Sends bytes as a datagram of a connected socket.
  func send(
    _ range: Range<Int>, on socket: UDPHandle, of stack: inout Stack, now: Instant
  ) throws(StackError) {
    try stack.send(bytes(range), on: socket, now: now)
  }

  /// Sends bytes as the reply to a request.
  func sendReply(
    _ range: Range<Int>, to request: EchoRequest, on socket: EchoHandle, of stack: inout Stack,
    now: Instant
  ) throws(StackError) {
    try stack.sendEchoReply(bytes(range), to: request, on: socket, now: now)
  }

  /// The sequence number of the echo reply at the start; `nil` when it is none of `count` bytes.
  func echoReplySequence(_ count: Int) -> UInt16? {
    guard count >= 8 else { return nil }
    let header = bytes(0..<8)
    return header.load(UInt8.self, at: 0) == 0 ? header.load(UInt16.self, at: 6) : nil
  }

  /// Takes an echo request of a stack's socket, its payload to `offset` on; `nil` when there is none.
  mutating func receiveRequest(
    from socket: EchoHandle, of stack: inout Stack, at offset: Int
  ) throws(StackError) -> EchoRequest? {
    var bytes = mutableBytes(offset..<byteCount)
    return try stack.receiveEchoRequest(from: socket, into: &bytes)
  }

  /// Writes the header of an echo request at the start. The kernel puts in its own identifier, by which
  /// it finds the socket, and the checksum.
  mutating func storeEchoHeader(sequence: UInt16) {
    var bytes = mutableBytes(0..<8)
    bytes.store(UInt32(0x0800_0000), at: 0)
    bytes.store(UInt16(0), at: 4)
    bytes.store(sequence, at: 6)
  }

  /// The first `count` bytes, copied.
  func array(_ count: Int) -> [UInt8] {
    let bytes = bytes(0..<count)
    return (0..<count).map { bytes.load(UInt8.self, at: $0) }
  }
}
