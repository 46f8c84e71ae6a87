internal import Glibc

/// What `socket` may be asked for.
enum SocketKind {
  /// Says what kind of socket that is, or what Linux says where it is none.
  static func check(
    domain: Int32, type: Int32, protocol number: Int32
  ) throws(SocketError) -> Socket.Kind {
    // In the order in which Linux looks. IPv6 is a family that this stack does not have.
    guard (0...10).contains(type) else { throw SocketError(EINVAL) }
    guard domain == AF_INET else { throw SocketError(EAFNOSUPPORT) }
    guard (0...262).contains(number), number != 262 else { throw SocketError(EINVAL) }
    switch type {
    case 1:
      guard number == 0 || number == IPPROTO_TCP else { throw SocketError(EPROTONOSUPPORT) }
      return .stream
    case 2:
      guard number == 0 || number == IPPROTO_UDP else { throw SocketError(EPROTONOSUPPORT) }
      return .datagram
    default: throw SocketError(ESOCKTNOSUPPORT)
    }
  }
}
