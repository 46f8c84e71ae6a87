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
