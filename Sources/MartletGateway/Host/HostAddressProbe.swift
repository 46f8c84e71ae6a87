internal import Glibc
internal import MartletHost
internal import MartletReadiness
internal import MartletStack
internal import MartletWire

/// Tells which addresses are the host's own, as its routing table has them now.
enum HostAddressProbe {
  /// Whether what is sent to `address` stays on this host.
  ///
  /// A UDP socket that is connected sends nothing, but has chosen its source: for an address of the
  /// host itself that is the address. A list of interfaces would miss local routes.
  static func isOwn(_ address: IPv4Address) -> Bool {
    if address.isLoopback { return true }
    let number = KernelCalls.socket(.datagram)
    guard number >= 0 else { return false }
    let socket = Descriptor(Int32(truncatingIfNeeded: number))
    guard KernelCalls.connect(socket.rawValue, to: Endpoint(address, port: 9)) == 0 else {
      return false
    }
    let source = KernelCalls.localEndpoint(of: socket.rawValue).address
    return source == address || source.isLoopback
  }
}
