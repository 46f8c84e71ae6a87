internal import Glibc
internal import MartletReadiness
public import MartletWire

/// The host kernel's own side of a network interface.
public struct HostInterface: Sendable {
  /// The kernel's name for it.
  public let name: String

  /// The interface of that name, whether it is there or not.
  public init(_ name: String) { self.name = name }

  /// Whether the kernel has an IPv4 address on it.
  public var hasAddress: Bool { HostCalls.interfaceHasAddress(name) }

  /// Whether there is one of that name.
  public var exists: Bool { HostCalls.interfaceIndex(name) > 0 }

  /// Sets it up.
  ///
  /// Throws a `HostError` that tells the command, as all below do.
  public func setUp() throws(HostError) {
    // Not asked for when it is up already: a TAP prepared for its user needs no privilege then.
    guard HostCalls.interfaceIsUp(name) <= 0, HostCalls.setInterfaceUp(name) != 0 else { return }
    throw error("SIOCSIFFLAGS", errno, instead: "ip link set \(name) up")
  }

  /// Sets its MTU in bytes.
  public func setMaximumTransmissionUnit(_ mtu: Int) throws(HostError) {
    guard HostCalls.interfaceMTU(name) != mtu, HostCalls.setInterfaceMTU(name, mtu) != 0 else {
      return
    }
    throw error("SIOCSIFMTU", errno, instead: "ip link set \(name) mtu \(mtu)")
  }

  /// Sets its Ethernet address.
  public func setLinkAddress(_ address: MACAddress) throws(HostError) {
    guard HostCalls.interfaceAddress(name) != address,
      HostCalls.setInterfaceAddress(name, address) != 0
    else { return }
    throw error("SIOCSIFHWADDR", errno, instead: "ip link set \(name) address \(address)")
  }

  /// Makes `gateway`, a neighbour there, the default route of the namespace.
  public func addDefaultRoute(by gateway: IPv4Address) throws(HostError) {
    guard HostCalls.addDefaultRoute(gateway, name) != 0, errno != EEXIST else { return }
    throw error("SIOCADDRT", errno, instead: "ip route add default via \(gateway) dev \(name)")
  }

  private func error(_ call: String, _ code: Int32, instead: String) -> HostError {
    switch code {
    case EPERM, EACCES:
      .missingPrivilege(
        "CAP_NET_ADMIN", subject: "interface \(name)", instead: "have root do it: \(instead)")
    case ENODEV: .notFound("interface \(name)", advice: "ip link lists those that are there")
    default: .system(SystemError(call, code: code), subject: "interface \(name)")
    }
  }

  /// Gives the kernel an address on it, with a route to its network, and sets it up.
  ///
  /// - Throws: `HostError.missingPrivilege` without CAP_NET_ADMIN; its text tells the commands.
  public func configure(_ prefix: IPv4Prefix) throws(HostError) {
    guard HostCalls.configureInterface(name, prefix) != 0 else { return }
    switch errno {
    case EPERM, EACCES:
      throw .missingPrivilege(
        "CAP_NET_ADMIN", subject: "address \(prefix) on \(name)",
        instead: "have root do it: ip address add \(prefix) dev \(name); ip link set \(name) up")
    case ENODEV: throw .notFound("interface \(name)", advice: "make it first")
    default:
      throw .system(
        SystemError("SIOCSIFADDR", code: errno), subject: "address \(prefix) on \(name)")
    }
  }
}
