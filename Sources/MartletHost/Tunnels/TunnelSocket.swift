internal import CMartletHost
internal import Glibc
package import MartletReadiness
package import MartletWire

/// Sockets that tunnels send and receive by, and what the host knows of the way.
package enum TunnelSocket {
  /// What goes between two ends of tunnels.
  package enum Carrier: Sendable {
    /// IP protocol 47, by a raw socket: CAP_NET_RAW.
    case gre
    /// Datagrams of UDP.
    case udp(port: UInt16)
  }

  /// Opens a socket.
  ///
  /// - Parameters:
  ///   - carrier: What it carries; port 0 is any.
  ///   - local: The address to receive at and to send from; unspecified for any.
  ///   - remote: The only peer to receive from; unspecified for any.
  ///   - isShared: Whether others may bind the same.
  ///   - dontFragment: Whether DF is set outside.
  ///   - timeToLive: The hops outside.
  /// - Returns: The socket, non-blocking.
  /// - Throws: A `HostError` that says what to do.
  package static func open(
    _ carrier: Carrier, local: IPv4Address = .unspecified,
    remote: IPv4Address = .unspecified, isShared: Bool = false,
    dontFragment: Bool = true, timeToLive: UInt8 = 64
  ) throws(HostError) -> Descriptor {
    let (protocolNumber, port): (IPProtocol, UInt16) =
      switch carrier {
      case .gre: (.gre, 0)
      case .udp(let port): (.udp, port)
      }
    let number = martlet_tunnel_open(
      Int32(protocolNumber.rawValue), local.rawValue.bigEndian, port.bigEndian,
      remote.rawValue.bigEndian, isShared ? 1 : 0,
      dontFragment ? 1 : 0, Int32(timeToLive))
    guard number < 0 else { return Descriptor(number) }
    switch (errno, carrier) {
    case (EPERM, .gre), (EACCES, .gre):
      throw .missingPrivilege(
        "CAP_NET_RAW", subject: "GRE tunnel",
        instead: "run the switch as root, or use a vxlan port, which needs no privilege")
    case (EADDRINUSE, .udp(let port)): throw .busy("UDP port \(port)")
    case (EADDRNOTAVAIL, _):
      throw .badArgument("local_ip \(local)", expected: "an address of this host")
    default: throw .system(SystemError("tunnel socket", code: errno), subject: "\(local)")
    }
  }

  /// Forgets what ICMP has told of earlier packets.
  package static func clearError(_ socket: Int32) { _ = KernelCalls.pendingError(of: socket) }

  /// Whether a negated `errno` says that there was no room.
  package static func isFull(_ code: Int) -> Bool {
    code == -Int(EAGAIN) || code == -Int(ENOBUFS)
  }

  /// The address that packets to `remote` leave with, and the path's MTU in bytes; `nil` when there
  /// is no route.
  package static func route(to remote: IPv4Address) -> (local: IPv4Address, mtu: Int)? {
    var local: UInt32 = 0
    var mtu: Int32 = 0
    guard unsafe martlet_tunnel_route(remote.rawValue.bigEndian, &local, &mtu) == 0 else {
      return nil
    }
    return (IPv4Address(rawValue: UInt32(bigEndian: local)), Int(mtu))
  }
}
