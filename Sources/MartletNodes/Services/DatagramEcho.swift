// Says `unsafe` where its buffer, an array, is seen as bytes.

public import MartletDevice
public import MartletStack
internal import MartletWire

/// The UDP echo service (RFC 862): each datagram goes back to where it came from.
///
/// What came to a broadcast or a group is not answered, and neither is a port on which such
/// services answer each other for ever.
public struct DatagramEcho {
  private let socket: UDPHandle
  private var buffer = [UInt8](repeating: 0, count: 65_507)
  /// A datagram in the buffer that could not be sent yet.
  private var pending: (peer: Endpoint, own: Endpoint, length: Int)?

  /// Opens port 7 on all addresses of `stack`. Throws what `Stack.openUDP` does.
  public init(on stack: inout Stack) throws(StackError) {
    socket = try stack.openUDP(on: Endpoint(.unspecified, port: 7))
  }

  /// Takes an event of the stack; false when it concerns another.
  public mutating func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    guard case .udp(socket, _) = event else { return false }
    // The socket tells of what is left: others get their turn in between.
    for _ in 0..<64 {
      guard sendPending(on: &stack, now: now), let datagram = next(of: &stack) else { return true }
      guard Self.isAnswered(datagram) else { continue }
      pending = (datagram.source, datagram.destination, min(datagram.length, buffer.count))
    }
    _ = sendPending(on: &stack, now: now)
    return true
  }

  private mutating func next(of stack: inout Stack) -> ReceivedDatagram? {
    let socket = socket
    var span = buffer.mutableSpan
    var bytes = unsafe span.mutableBytes
    return try? stack.receive(from: socket, into: &bytes)
  }

  /// False while there is no room: `writable` will tell.
  private mutating func sendPending(on stack: inout Stack, now: Instant) -> Bool {
    guard let (peer, own, length) = pending else { return true }
    do throws(StackError) {
      try unsafe stack.send(
        buffer.span.extracting(0..<length).bytes, to: peer, from: own, on: socket, now: now)
    } catch {
      // Any other reason lasts: the datagram is lost, as datagrams may be.
      if error == .wouldBlock { return false }
    }
    pending = nil
    return true
  }

  private static func isAnswered(_ datagram: ReceivedDatagram) -> Bool {
    switch datagram.source.port {
    case 0, 7, 13, 17, 19: false
    default: datagram.destination.address.isUnicast
    }
  }
}
