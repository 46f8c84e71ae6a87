internal import MartletDevice
internal import MartletFlow
internal import MartletHost
internal import MartletReadiness
internal import MartletWire

/// A VXLAN tunnel: Ethernet frames in UDP (RFC 7348). Needs no privilege.
final class VXLANLink: TunnelLink {
  /// The sockets that a port sends by: so many source ports tell inner flows apart on the way.
  private static var sourceCount: Int { 16 }
  private static var headerLength: Int { 8 }

  private let receiver: VXLANReceiver
  private var sources: [SourceSocket] = []
  /// The datagrams of the receiver's burst that are this port's.
  private var waiting: [Int] = []

  private final class SourceSocket {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
  }

  init(
    _ options: TunnelOptions, by receiver: VXLANReceiver, wake: @escaping (PortLink) -> Void
  ) throws(HostError) {
    self.receiver = receiver
    super.init(options, overhead: 20 + 8 + Self.headerLength, wake: wake)
    for _ in 0..<Self.sourceCount { sources.append(SourceSocket(try Self.open(options))) }
    receiver.add(self)
  }

  override func close() { receiver.remove(self) }

  /// A socket at a port that RFC 7348 recommends: 49152 and above.
  private static func open(_ options: TunnelOptions) throws(HostError) -> Descriptor {
    var attempts = 64
    while true {
      attempts -= 1
      do throws(HostError) {
        return try TunnelSocket.open(
          .udp(port: .random(in: 49_152...65_535)), local: options.local ?? .unspecified,
          dontFragment: options.dontFragment, timeToLive: options.timeToLive)
      } catch {
        guard case .busy = error, attempts > 0 else { throw error }
      }
    }
  }

  // MARK: Sending

  override func peer(for tunnel: TunnelMetadata) -> Endpoint? {
    let remote = options.remote ?? IPv4Address(rawValue: tunnel.destination)
    return remote == .unspecified ? nil : Endpoint(remote, port: options.destinationPort)
  }

  override func socket(for frame: RawSpan, _ layout: FrameLayout?) -> Int32 {
    let index = Int(FlowEntropy.hash(frame, layout) % UInt32(sources.count))
    return sources[index].descriptor.rawValue
  }

  override func writeHeader(
    into slot: inout MutableRawSpan, _ tunnel: TunnelMetadata, frame: RawSpan
  ) -> Int {
    let identifier: UInt32 =
      switch options.key {
      case .absent: 0
      case .value(let key): key
      case .flow: UInt32(truncatingIfNeeded: tunnel.id) & 0xFF_FFFF
      }
    slot.store(UInt32(0x0800_0000), at: 0)
    slot.store(identifier << 8, at: 4)
    return Self.headerLength
  }

  // MARK: Receiving

  /// Whether a datagram may be this port's.
  func takes(identifier: UInt32, from sender: IPv4Address) -> Bool {
    guard options.remote == nil || options.remote == sender else { return false }
    switch options.key {
    case .absent: return identifier == 0
    case .value(let key): return key == identifier
    case .flow: return true
    }
  }

  /// Notes that a datagram of the receiver's burst is this port's.
  func enqueue(_ index: Int) {
    waiting.append(index)
    makeReady()
  }

  override func receive(
    budget: Int, _ body: (RawSpan, FrameInfo, TunnelMetadata) -> Void
  ) -> Int {
    let count = waiting.count
    let mtu = maximumTransmissionUnit
    for index in waiting {
      let (length, isClamped) = receiver.take(
        index, mtu: mtu, clamps: options.clampsSegments, body)
      counters.receivedFrames &+= 1
      counters.receivedBytes &+= UInt64(truncatingIfNeeded: length)
      if isClamped { counters.clampedOpenings &+= 1 }
    }
    waiting.removeAll(keepingCapacity: true)
    return count
  }
}
