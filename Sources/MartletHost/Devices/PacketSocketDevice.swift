internal import Glibc
public import MartletDevice
internal import MartletReadiness
public import MartletWire

/// A network interface of the host, shared with the host's own stack: every frame it receives is
/// seen here too, and frames sent here leave by it (`AF_PACKET`).
///
/// Received frames lie in a ring shared with the kernel and are read where they lie. VLAN tags,
/// which cards take out, are put back. Merged segments and undone checksums come as such, and may be
/// sent as such.
public struct PacketSocketDevice: ~Copyable, HostDevice {
  /// The interface's name.
  public let name: String
  /// What the device can do; the address is one of its own, not the interface's.
  public let capabilities: DeviceCapabilities
  /// What the device has moved, and what it could not.
  public private(set) var counters = HostDeviceCounters()
  /// Whether the interface was removed.
  public private(set) var hasEnded = false
  private let index: Int32
  private var ring: PacketRing
  private var header = HostBuffer(byteCount: VirtioNetHeader.length)
  private var slots: TransmitSlots

  /// Opens a packet socket on the interface `name`.
  ///
  /// - Parameters:
  ///   - name: An interface that is there: `ip link` lists them.
  ///   - linkAddress: This side's Ethernet address; random by default, and then, as when it is not
  ///     the interface's, the interface must be, and is made, promiscuous.
  ///   - offloads: Whether checksums and segmentation may be left undone in what is sent.
  ///   - ringByteCount: The memory for received frames, rounded to whole MiB.
  /// - Throws: A `HostError` that says what to do.
  public init(
    on name: String, linkAddress: MACAddress? = nil, offloads: Bool = true,
    ringByteCount: Int = 4 << 20
  ) throws(HostError) {
    let index = HostCalls.interfaceIndex(name)
    guard index >= 0 else {
      throw .notFound("interface \(name)", advice: "ip link lists those that are there")
    }
    let mtu = HostCalls.interfaceMTU(name)
    guard mtu > 0 else { throw .system(SystemError("SIOCGIFMTU", code: errno), subject: name) }
    let own = HostCalls.interfaceAddress(name)
    let address = linkAddress ?? .randomLocal()
    ring = try PacketRing(
      interface: index, named: name, blockCount: max(2, ringByteCount >> 20),
      isPromiscuous: address != own)
    self.name = name
    self.index = index
    capabilities = DeviceCapabilities(
      medium: .ethernet, maximumTransmissionUnit: mtu, linkAddress: address,
      offloads: offloads
        ? [
          .transmitChecksum, .receiveChecksum, .segmentTCPv4, .coalesceTCPv4, .segmentTCPv6,
          .segmentUDP,
        ] : [.receiveChecksum, .coalesceTCPv4],
      maximumSegmentedLength: 65_535 + 14, maximumBurst: 16)
    slots = TransmitSlots(count: 16, slotCapacity: capabilities.maximumFrameLength)
  }

  /// What to watch for `.readable`.
  public var readinessDescriptor: Int32 { ring.readinessDescriptor }

  /// Shows frames where they lie in the ring; no call is made for them.
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    let count = ring.receive(budget: budget, malformed: &counters.receiveErrors, body)
    counters.received &+= UInt64(truncatingIfNeeded: count)
    return count
  }

  /// Lends slots; they are free again after each `commit`.
  @_lifetime(&self)
  public mutating func reserve(_ count: Int) -> TransmitBatch? {
    slots.lend(count: max(0, min(count, slots.count)))
  }

  /// Sends the frames. What the interface's queue has no room for is dropped and counted.
  public mutating func commit(_ count: Int) {
    for index in 0..<count {
      header.store(VirtioNetHeader(slots.frame(at: index).info))
      let written = slots.write(index, after: header, to: ring.readinessDescriptor)
      if written == -Int(ENXIO) || written == -Int(ENODEV) { hasEnded = true }
      counters.noteTransmit(written)
    }
  }

  /// The interface went down, which passes, or was removed, which does not.
  public mutating func noteDescriptorError() {
    _ = KernelCalls.pendingError(of: ring.readinessDescriptor)
    if HostCalls.interfaceIndex(name) != index { hasEnded = true }
  }

  /// The frames that the kernel had no room for in the ring since this was last asked.
  public mutating func takeKernelDrops() -> Int { ring.takeDrops() }
}
