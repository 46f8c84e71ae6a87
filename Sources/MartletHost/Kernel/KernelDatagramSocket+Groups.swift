// Says `unsafe`: a structure is handed to the kernel.

internal import Glibc
internal import MartletReadiness
public import MartletWire

extension KernelDatagramSocket {
  /// Joins a group on one interface, by the interface's number: on the unspecified address the
  /// kernel would look for a route, which a network without a default one does not have.
  ///
  /// Joining twice is no error.
  public func join(_ group: IPv4Address, on interface: KernelInterface) throws(NetworkError) {
    let request = ip_mreqn(
      imr_multiaddr: in_addr(s_addr: group.rawValue.bigEndian),
      imr_address: in_addr(s_addr: interface.address.rawValue.bigEndian),
      imr_ifindex: Int32(truncatingIfNeeded: interface.index))
    let number = try rawNumber()
    let result = unsafe withUnsafeBytes(of: request) { bytes in
      unsafe setsockopt(
        number, Int32(IPPROTO_IP), IP_ADD_MEMBERSHIP, bytes.baseAddress,
        socklen_t(bytes.count))
    }
    guard result != 0, errno != EADDRINUSE else { return }
    throw .system(SystemError("IP_ADD_MEMBERSHIP", code: errno))
  }
}
