internal import CMartletHost
internal import Glibc
public import MartletDevice
public import MartletReadiness
public import MartletWire

/// A network interface of the host whose wire is this process: TAP (Ethernet frames) or TUN (IP
/// packets).
///
/// With offloads, frames of up to 64 KiB cross in both directions with their checksums undone
/// (`IFF_VNET_HDR`): one call moves what would be 44 frames.
///
/// The interface's own side (address, up) is the host's to configure. Making an interface needs
/// CAP_NET_ADMIN; attaching to one made beforehand for this user does not:
/// `ip tuntap add dev NAME mode tap user $USER`.
public struct TunTapDevice: ~Copyable, HostDevice {
  /// Which of the two.
  public enum Kind: Sendable {
    /// Ethernet frames.
    case tap
    /// IP packets.
    case tun
  }

  /// The kernel's name for the interface.
  public let name: String
  /// What the device can do; the MTU is the interface's when it was attached.
  public let capabilities: DeviceCapabilities
  /// What the device has moved, and what it could not.
  public private(set) var counters = HostDeviceCounters()
  /// Whether the interface was removed.
  public private(set) var hasEnded = false
  private let descriptor: Descriptor
  private let hasHeader: Bool
  private var buffer: HostBuffer
  private var header = HostBuffer(byteCount: VirtioNetHeader.length)
  private var slots: TransmitSlots

  /// Attaches to the interface `name`, which is made, and removed at the end, if it is not there.
  ///
  /// - Parameters:
  ///   - kind: TAP or TUN; an interface that is there must be of that kind.
  ///   - name: 1 to 15 bytes.
  ///   - offloads: Whether checksums and TCP segmentation may be left undone both ways.
  ///   - linkAddress: This side's Ethernet address, not the interface's; random by default.
  /// - Throws: A `HostError` that says what to do.
  public init(
    _ kind: Kind, named name: String, offloads: Bool = true, linkAddress: MACAddress? = nil
  ) throws(HostError) {
    let descriptor = try Self.attach(kind, to: name, offloads: offloads)
    try self.init(descriptor, kind: kind, name: name, hasHeader: offloads, linkAddress)
  }

  /// Attaches a descriptor to the interface `name`, which is made, and removed with it, if it is not
  /// there: for who has something to set before a device is made of it, or hands it to another.
  ///
  /// Throws a `HostError` that says what to do.
  public static func attach(
    _ kind: Kind, to name: String, offloads: Bool = true
  ) throws(HostError) -> Descriptor {
    guard (1...15).contains(name.utf8.count) else {
      throw .badArgument("interface \(name)", expected: "a name of 1 to 15 bytes")
    }
    let number = HostCalls.open("/dev/net/tun")
    guard number >= 0 else { throw openError(errno) }
    let descriptor = Descriptor(number)
    let attached = HostCalls.attachTun(
      number, to: name, isTAP: kind == .tap, hasHeader: offloads)
    guard attached == 0 else { throw attachError(errno, kind, name) }
    return descriptor
  }

  /// Takes over a descriptor that another process, or a helper with the privilege, has attached to
  /// an interface.
  ///
  /// - Parameters:
  ///   - attached: The descriptor, closed at the end; it is made non-blocking.
  ///   - linkAddress: This side's Ethernet address; random by default.
  ///   - maximumTransmissionUnit: The interface's; must be told when that is in another namespace.
  /// - Throws: A `HostError` when it is not such a descriptor.
  public init(
    attached: consuming Descriptor, linkAddress: MACAddress? = nil,
    maximumTransmissionUnit: Int? = nil
  ) throws(HostError) {
    let number = attached.rawValue
    guard let (name, isTAP, hasHeader) = HostCalls.identifyTun(number) else {
      throw .wrongKind("descriptor \(number)", expected: "attached to a TAP or TUN interface")
    }
    guard HostCalls.makeNonBlocking(number) == 0 else {
      throw .system(SystemError("fcntl", code: errno), subject: name)
    }
    try self.init(
      attached, kind: isTAP ? .tap : .tun, name: name, hasHeader: hasHeader, linkAddress,
      maximumTransmissionUnit: maximumTransmissionUnit)
  }

  private init(
    _ descriptor: consuming Descriptor, kind: Kind, name: String, hasHeader: Bool,
    _ linkAddress: MACAddress?, maximumTransmissionUnit: Int? = nil
  ) throws(HostError) {
    let mtu = maximumTransmissionUnit ?? HostCalls.interfaceMTU(name)
    guard mtu > 0 else { throw .system(SystemError("SIOCGIFMTU", code: errno), subject: name) }
    let number = descriptor.rawValue
    let asked = hasHeader ? Int32(1) : 0
    guard martlet_tun_set_offload(number, asked, asked) == 0 || !hasHeader,
      !hasHeader || martlet_tun_set_vnet_header_length(number, 10) == 0
    else { throw .system(SystemError("TUNSETOFFLOAD", code: errno), subject: name) }

    let linkLength = kind == .tap ? 14 : 0
    capabilities = DeviceCapabilities(
      medium: kind == .tap ? .ethernet : .ip, maximumTransmissionUnit: mtu,
      linkAddress: kind == .tap ? linkAddress ?? .randomLocal() : .zero,
      offloads: hasHeader
        ? [
          .transmitChecksum, .receiveChecksum, .segmentTCPv4, .coalesceTCPv4, .segmentTCPv6,
          .segmentUDP,
        ] : [],
      maximumSegmentedLength: hasHeader ? 65_535 + linkLength : 0,
      maximumBurst: hasHeader ? 16 : 64)
    self.name = name
    self.hasHeader = hasHeader
    self.descriptor = descriptor
    buffer = HostBuffer(byteCount: VirtioNetHeader.length + 65_535 + 22)
    slots = TransmitSlots(
      count: capabilities.maximumBurst, slotCapacity: capabilities.maximumFrameLength)
  }

  /// What to watch for `.readable`.
  public var readinessDescriptor: Int32 { descriptor.rawValue }

  /// Reads frames, a call each: the kernel offers no more at once.
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    var count = 0
    while count < budget {
      let length = buffer.read(from: descriptor.rawValue)
      guard length > 0 else {
        hasEnded = hasEnded || length == -Int(EBADFD) || length == -Int(ENODEV)
        break
      }
      if show(length, to: body) { count += 1 }
    }
    counters.received &+= UInt64(truncatingIfNeeded: count)
    return count
  }

  private mutating func show(_ length: Int, to body: (RawSpan, FrameInfo) -> Void) -> Bool {
    guard hasHeader else {
      body(buffer.bytes(0..<length), FrameInfo())
      return true
    }
    let start = VirtioNetHeader.length
    guard length > start, let info = VirtioNetHeader(buffer.bytes(0..<start)).frameInfo else {
      counters.receiveErrors &+= 1
      return false
    }
    body(buffer.bytes(start..<length), info)
    return true
  }

  /// Lends slots; they are free again after each `commit`.
  @_lifetime(&self)
  public mutating func reserve(_ count: Int) -> TransmitBatch? {
    slots.lend(count: max(0, min(count, slots.count)))
  }

  /// Writes the frames, a call each. The kernel takes each or drops it; nothing waits here.
  public mutating func commit(_ count: Int) {
    for index in 0..<count {
      if hasHeader { header.store(VirtioNetHeader(slots.frame(at: index).info)) }
      let written =
        hasHeader
        ? slots.write(index, after: header, to: descriptor.rawValue)
        : slots.write(index, to: descriptor.rawValue)
      counters.noteTransmit(written)
    }
  }

  private static func openError(_ code: Int32) -> HostError {
    switch code {
    case ENOENT, ENODEV, ENXIO:
      .unsupported("/dev/net/tun", advice: "load the kernel module: modprobe tun")
    case EACCES, EPERM:
      .missingPrivilege(
        "access to it", subject: "/dev/net/tun", instead: "ask for read and write permission")
    default:
      .system(SystemError("open", code: code), subject: "/dev/net/tun")
    }
  }

  private static func attachError(_ code: Int32, _ kind: Kind, _ name: String) -> HostError {
    let mode = kind == .tap ? "tap" : "tun"
    switch code {
    case EPERM, EACCES:
      return .missingPrivilege(
        "CAP_NET_ADMIN", subject: "interface \(name)",
        instead: "have root make it once: ip tuntap add dev \(name) mode \(mode) user $USER")
    case EBUSY: return .busy("interface \(name)")
    case EINVAL: return .wrongKind("interface \(name)", expected: "a \(mode) interface")
    default: return .system(SystemError("TUNSETIFF", code: code), subject: "interface \(name)")
    }
  }
}
