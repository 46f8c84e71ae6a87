internal import MartletDevice
internal import MartletFlow
internal import MartletHost
internal import MartletReadiness
internal import MartletWire

/// The UDP socket that all VXLAN ports of one local address and UDP port receive by.
final class VXLANReceiver: DescriptorWatcher {
  let local: IPv4Address
  let port: UInt16
  private let loop: EventLoop
  private let descriptor: Descriptor
  private var token: WatchToken?
  /// With room for the longest datagram: what was never cut comes whole.
  private var incoming = DatagramBurst(slotCapacity: 65_536)
  private var links: [VXLANLink] = []
  /// The datagrams of the burst that a port has yet to take.
  private var untaken = 0
  /// The datagrams that are no VXLAN, or no port's.
  private(set) var strangers: UInt64 = 0

  init(local: IPv4Address, port: UInt16, on loop: EventLoop) throws(HostError) {
    self.local = local
    self.port = port
    self.loop = loop
    descriptor = try TunnelSocket.open(.udp(port: port), local: local)
    do throws(SystemError) {
      token = try loop.watch(descriptor.rawValue, for: .readable, self)
    } catch {
      throw .system(error, subject: "UDP port \(port)")
    }
  }

  /// Whether no port uses it.
  var isIdle: Bool { links.isEmpty }

  func add(_ link: VXLANLink) { links.append(link) }
  func remove(_ link: VXLANLink) {
    links.removeAll { $0 === link }
    // What waited for it nobody will take.
    if links.isEmpty { untaken = 0 }
  }

  /// Lets go of the socket.
  func close() {
    if let token { loop.unwatch(token) }
    token = nil
  }

  func descriptorIsReady(_ events: DescriptorEvents) {
    if events.contains(.ended) { TunnelSocket.clearError(descriptor.rawValue) }
    guard untaken == 0 else { return }
    let count = incoming.receive(from: descriptor.rawValue, limit: incoming.capacity)
    guard count > 0 else { return }
    for index in 0..<count {
      let sender = incoming.sender(at: index).address
      let identifier = Self.identifier(of: incoming, index)
      // A port for this peer alone goes before one for any.
      let link = identifier.flatMap { identifier in
        links.first { $0.options.remote != nil && $0.takes(identifier: identifier, from: sender) }
          ?? links.first { $0.takes(identifier: identifier, from: sender) }
      }
      guard let link else {
        strangers &+= 1
        continue
      }
      untaken += 1
      link.enqueue(index)
    }
  }

  private static func identifier(of burst: borrowing DatagramBurst, _ index: Int) -> UInt32? {
    guard let datagram = burst.datagram(at: index), datagram.byteCount >= 8 + 14,
      datagram.load(UInt8.self, at: 0) & 0x08 != 0
    else { return nil }
    return datagram.load(UInt32.self, at: 4) >> 8
  }

  /// Shows the frame in a datagram; returns its length, and whether its segment size was lowered.
  func take(
    _ index: Int, mtu: Int, clamps: Bool, _ body: (RawSpan, FrameInfo, TunnelMetadata) -> Void
  ) -> (length: Int, isClamped: Bool) {
    untaken = max(0, untaken - 1)
    guard index < incoming.count else { return (0, false) }
    let (info, isClamped) = Self.prepare(index, of: &incoming, mtu: mtu, clamps: clamps)
    let tunnel = TunnelMetadata(
      id: UInt64(Self.identifier(of: incoming, index) ?? 0),
      source: incoming.sender(at: index).address.rawValue, destination: local.rawValue)
    let length = Self.show(index, of: incoming) { body($0, info, tunnel) }
    return (length, isClamped)
  }

  private static func prepare(
    _ index: Int, of burst: inout DatagramBurst, mtu: Int, clamps: Bool
  ) -> (info: FrameInfo, isClamped: Bool) {
    var datagram = burst.mutableDatagram(at: index)
    guard datagram.byteCount >= 8 else { return (FrameInfo(), false) }
    var inner = datagram._mutatingExtracting(8..<datagram.byteCount)
    return TunnelLink.prepare(&inner, mtu: mtu, clamps: clamps)
  }

  private static func show(
    _ index: Int, of burst: borrowing DatagramBurst, _ body: (RawSpan) -> Void
  ) -> Int {
    guard let datagram = burst.datagram(at: index) else { return 0 }
    body(datagram.extracting(8...))
    return datagram.byteCount - 8
  }
}
