// Says `unsafe`: the kernel's list of interfaces is a chain of pointers.

internal import CMartletHost
internal import Glibc
public import MartletWire

/// A network interface of the host's kernel that has an IPv4 address.
public struct KernelInterface: Equatable, Hashable, Sendable {
  /// The kernel's name for it.
  public let name: String
  /// The kernel's number for it: another one after it was made anew.
  public let index: UInt32
  /// Its first address.
  public let address: IPv4Address
  /// Whether it is up and carries groups.
  public let isReady: Bool

  /// All that there are now, each once; the loopback too.
  public static var all: [KernelInterface] {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard unsafe getifaddrs(&first) == 0 else { return [] }
    defer { unsafe freeifaddrs(first) }
    var found: [KernelInterface] = []
    var next = unsafe first
    while let entry = unsafe next {
      if let interface = unsafe interface(entry.pointee),
        !found.contains(where: { $0.index == interface.index })
      {
        found.append(interface)
      }
      unsafe next = entry.pointee.ifa_next
    }
    return found
  }

  private static func interface(_ entry: ifaddrs) -> KernelInterface? {
    guard let address = unsafe entry.ifa_addr, unsafe address.pointee.sa_family == AF_INET else {
      return nil
    }
    let raw = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr
    let wanted = UInt32(IFF_UP | IFF_MULTICAST)
    return unsafe KernelInterface(
      name: String(cString: entry.ifa_name), index: if_nametoindex(entry.ifa_name),
      address: IPv4Address(rawValue: UInt32(bigEndian: raw)),
      isReady: entry.ifa_flags & wanted == wanted)
  }
}
