// Says `unsafe`: it hands names and paths to the kernel.

internal import CMartletHost
internal import Glibc
package import MartletWire

/// System calls that take names; each returns what the kernel returned.
package enum HostCalls {
  /// Opens a device file, non-blocking.
  static func open(_ path: String) -> Int32 {
    unsafe Glibc.open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
  }

  /// Makes a descriptor non-blocking.
  package static func makeNonBlocking(_ descriptor: Int32) -> Int32 {
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  /// Attaches a descriptor to an interface.
  static func attachTun(
    _ descriptor: Int32, to name: String, isTAP: Bool, hasHeader: Bool
  ) -> Int32 {
    var actual = InlineArray<16, CChar>(repeating: 0)
    var span = actual.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer { actual in
      unsafe martlet_tun_attach(
        descriptor, name, isTAP ? 1 : 0, hasHeader ? 1 : 0, actual.baseAddress)
    }
  }

  /// What a descriptor is attached to; `nil` when it is to nothing.
  static func identifyTun(_ descriptor: Int32) -> (name: String, isTAP: Bool, hasHeader: Bool)? {
    var actual = InlineArray<16, CChar>(repeating: 0)
    var (isTAP, hasHeader): (Int32, Int32) = (0, 0)
    var span = actual.mutableSpan
    let name = unsafe span.withUnsafeMutableBufferPointer { actual -> String? in
      guard let start = actual.baseAddress,
        unsafe martlet_tun_identify(descriptor, start, &isTAP, &hasHeader) == 0
      else { return nil }
      return unsafe String(cString: start)
    }
    return name.map { ($0, isTAP != 0, hasHeader != 0) }
  }

  /// The number of an interface.
  package static func interfaceIndex(_ name: String) -> Int32 {
    unsafe martlet_interface_index(name)
  }

  /// The MTU of an interface.
  package static func interfaceMTU(_ name: String) -> Int {
    Int(unsafe martlet_interface_mtu(name))
  }

  /// The Ethernet address of an interface; `nil` when it has none.
  package static func interfaceAddress(_ name: String) -> MACAddress? {
    var bytes: UInt64 = 0
    let result = unsafe withUnsafeMutableBytes(of: &bytes) { bytes in
      unsafe martlet_interface_address(
        name, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    return result == 0 ? MACAddress(rawValue: UInt64(bigEndian: bytes) >> 16) : nil
  }

  /// Whether an interface has an IPv4 address.
  static func interfaceHasAddress(_ name: String) -> Bool {
    unsafe martlet_interface_has_ipv4(name) != 0
  }

  /// Gives an interface an address and sets it up.
  static func configureInterface(_ name: String, _ prefix: IPv4Prefix) -> Int32 {
    unsafe martlet_interface_configure(
      name, prefix.address.rawValue.bigEndian, prefix.mask.bigEndian)
  }

  /// Sets an interface up.
  static func setInterfaceUp(_ name: String) -> Int32 { unsafe martlet_interface_set_up(name) }

  /// 1 when an interface is set up, 0 when not, -1 when there is none.
  static func interfaceIsUp(_ name: String) -> Int32 { unsafe martlet_interface_is_up(name) }

  /// Adds a default route.
  static func addDefaultRoute(_ gateway: IPv4Address, _ name: String) -> Int32 {
    unsafe martlet_route_default(name, gateway.rawValue.bigEndian)
  }

  /// Sets the MTU of an interface.
  static func setInterfaceMTU(_ name: String, _ mtu: Int) -> Int32 {
    unsafe martlet_interface_set_mtu(name, Int32(clamping: mtu))
  }

  /// Sets the Ethernet address of an interface.
  static func setInterfaceAddress(_ name: String, _ address: MACAddress) -> Int32 {
    var bytes = (address.rawValue << 16).bigEndian
    return unsafe withUnsafeMutableBytes(of: &bytes) { bytes in
      unsafe martlet_interface_set_address(
        name, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// A non-blocking unix socket, bound to `path` unless that is empty.
  static func unixSocket(_ type: __socket_type, boundTo path: String = "") -> Int32 {
    unsafe martlet_unix_bind(Int32(type.rawValue), path)
  }

  /// Connects a unix socket.
  static func unixConnect(_ descriptor: Int32, to path: String) -> Int32 {
    unsafe martlet_unix_connect(descriptor, path)
  }

  /// What a descriptor is a socket of.
  package enum DescriptorKind {
    /// A stream.
    case stream
    /// Datagrams, or packets in order.
    case datagrams
    /// None.
    case other
  }

  /// Tells what a descriptor is a socket of.
  package static func kind(of descriptor: Int32) -> DescriptorKind {
    var type: Int32 = 0
    var length = socklen_t(4)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0 else {
      return .other
    }
    return type == Int32(SOCK_STREAM.rawValue) ? .stream : .datagrams
  }

  /// Lets only its owner use a file.
  static func restrict(_ path: String) -> Int32 { unsafe chmod(path, 0o600) }

  /// Whether there is a socket at `path` itself, and not another kind of file or a link.
  static func isSocket(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  /// Removes a file.
  package static func remove(_ path: String) { _ = unsafe unlink(path) }
}
