public import MartletWire

/// Why a stack refused what its owner asked for. Nothing has changed when one is thrown.
public enum StackError: Error, Equatable, Sendable {
  /// A table that `Configuration` sized is full; the case names it.
  case tableFull(Table)
  /// The handle names nothing any more.
  case staleHandle
  /// The interface is not there, or not any more.
  case noSuchInterface
  /// The address is not a unicast address that a host may own.
  case badAddress(IPv4Address)
  /// The address belongs to none of this stack's interfaces.
  case addressNotLocal(IPv4Address)
  /// The address is on an interface already.
  case addressInUse(IPv4Address)
  /// The gateway lies in no attached network, so no frame could reach it.
  case gatewayUnreachable(IPv4Address)
  /// No route leads to the address.
  case noRoute(IPv4Address)
  /// The address is a broadcast's, and the socket's options do not allow that.
  case broadcastNotAllowed(IPv4Address)
  /// The port, or every port of the dynamic range (0), is taken.
  case portInUse(UInt16)
  /// The operation does not fit the socket's state: it is not connected, or is already.
  case badState
  /// The datagram is longer than the protocol, the path (with "don't fragment") or the queue allows.
  case messageTooLong(limit: Int)
  /// Queues are full; the socket's `writable` event says when to try again.
  case wouldBlock
  /// The connection ended before: see the reason.
  case connectionEnded(EndReason)
  /// The device's MTU, or another size, is outside what the protocol needs.
  case badSize(Int)

  /// A table sized by `Configuration`.
  public enum Table: UInt8, Sendable, BitwiseCopyable {
    /// `Configuration.interfaceCount`.
    case interfaces
    /// `Configuration.addressCount`.
    case addresses
    /// `Configuration.routeCount`.
    case routes
    /// `Configuration.groupCount`.
    case groups
    /// `Configuration.connectionCount`.
    case connections
    /// `Configuration.listenerCount`.
    case listeners
    /// `Configuration.udpSocketCount`.
    case udpSockets
    /// `Configuration.echoSocketCount`.
    case echoSockets
  }
}
