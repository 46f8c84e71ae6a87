internal import MartletDevice
internal import MartletFlow
internal import MartletHost
internal import MartletReadiness
internal import MartletWire

/// A GRE tunnel by a raw socket: Ethernet frames in packets of IP protocol 47 (RFC 2784, RFC 2890).
final class GRELink: TunnelLink {
  private let loop: EventLoop
  private let descriptor: Descriptor
  private var token: WatchToken?
  private var incoming = DatagramBurst(slotCapacity: TunnelLink.frameLimit + 128)
  private var sequenceNumber: UInt32 = 0

  init(
    _ options: TunnelOptions, on loop: EventLoop, wake: @escaping (PortLink) -> Void
  ) throws(HostError) {
    self.loop = loop
    descriptor = try TunnelSocket.open(
      .gre, local: options.local ?? .unspecified, remote: options.remote ?? .unspecified,
      dontFragment: options.dontFragment, timeToLive: options.timeToLive)
    let header = 4 + (options.hasChecksum ? 4 : 0) + (options.key == .absent ? 0 : 4)
    super.init(
      options, overhead: 20 + header + (options.hasSequenceNumber ? 4 : 0), wake: wake)
    do throws(SystemError) {
      token = try loop.watch(descriptor.rawValue, for: .readable, self)
    } catch {
      throw .system(error, subject: "GRE tunnel")
    }
    makeReady()
  }

  override func close() {
    if let token { loop.unwatch(token) }
    token = nil
  }

  // MARK: Sending

  override func peer(for tunnel: TunnelMetadata) -> Endpoint? {
    if let remote = options.remote { return Endpoint(remote, port: 0) }
    let remote = IPv4Address(rawValue: tunnel.destination)
    return remote == .unspecified ? nil : Endpoint(remote, port: 0)
  }

  override func socket(for frame: RawSpan, _ layout: FrameLayout?) -> Int32 { descriptor.rawValue }

  override func writeHeader(
    into slot: inout MutableRawSpan, _ tunnel: TunnelMetadata, frame: RawSpan
  ) -> Int {
    var header = GREHeader(payloadType: .transparentEthernet)
    header.hasChecksum = options.hasChecksum
    switch options.key {
    case .absent: break
    case .value(let key): header.key = key
    case .flow: header.key = UInt32(truncatingIfNeeded: tunnel.id)
    }
    if options.hasSequenceNumber {
      header.sequenceNumber = sequenceNumber
      sequenceNumber &+= 1
    }
    var sum = InternetChecksum()
    if options.hasChecksum { sum.add(frame) }
    // A slot has room for any header: this cannot fail.
    try? header.emit(into: &slot, payloadSum: sum)
    return header.length
  }

  // MARK: Receiving

  override func descriptorIsReady(_ events: DescriptorEvents) {
    // What ICMP has told of the way is no end of it: the peer may come back.
    if events.contains(.ended) { TunnelSocket.clearError(descriptor.rawValue) }
    super.descriptorIsReady(events)
  }

  override func receive(
    budget: Int, _ body: (RawSpan, FrameInfo, TunnelMetadata) -> Void
  ) -> Int {
    let count = incoming.receive(from: descriptor.rawValue, limit: budget)
    guard count > 0 else { return 0 }
    let mtu = maximumTransmissionUnit
    for index in 0..<count {
      if let place = Self.locate(index, of: incoming, options) {
        if place.frame.isEmpty { continue }
        let (info, isClamped) = Self.prepare(
          index, of: &incoming, place.frame, mtu: mtu, clamps: options.clampsSegments)
        if isClamped { counters.clampedOpenings &+= 1 }
        counters.receivedFrames &+= 1
        counters.receivedBytes &+= UInt64(truncatingIfNeeded: place.frame.count)
        Self.show(index, of: incoming, place.frame) { body($0, info, place.tunnel) }
      } else {
        counters.receiveErrors &+= 1
      }
    }
    return count
  }

  private static func show(
    _ index: Int, of burst: borrowing DatagramBurst, _ frame: Range<Int>, _ body: (RawSpan) -> Void
  ) {
    guard let datagram = burst.datagram(at: index) else { return }
    body(datagram.extracting(frame))
  }

  private static func prepare(
    _ index: Int, of burst: inout DatagramBurst, _ frame: Range<Int>, mtu: Int, clamps: Bool
  ) -> (info: FrameInfo, isClamped: Bool) {
    var datagram = burst.mutableDatagram(at: index)
    var inner = datagram._mutatingExtracting(frame)
    return prepare(&inner, mtu: mtu, clamps: clamps)
  }

  /// Where in a packet the inner frame lies; empty when it is another tunnel's, `nil` when it is
  /// malformed.
  private static func locate(
    _ index: Int, of burst: borrowing DatagramBurst, _ options: TunnelOptions
  ) -> (frame: Range<Int>, tunnel: TunnelMetadata)? {
    guard let datagram = burst.datagram(at: index) else { return nil }
    do throws(WireError) {
      let packet = try IPv4View(parsing: datagram)
      let view = try GREView(parsing: packet.payload)
      let tunnel = TunnelMetadata(
        id: UInt64(view.key ?? 0), source: packet.source.rawValue,
        destination: packet.destination.rawValue)
      // Every raw socket sees every packet of its protocol.
      switch options.key {
      case .absent: guard view.key == nil else { return (0..<0, tunnel) }
      case .value(let key): guard view.key == key else { return (0..<0, tunnel) }
      case .flow: break
      }
      if let remote = options.remote, remote != packet.source { return (0..<0, tunnel) }
      guard view.payloadType == .transparentEthernet, view.isChecksumValid,
        view.payload.byteCount >= 14
      else { return nil }
      let end = packet.headerLength + packet.payload.byteCount
      return (packet.headerLength + view.headerLength..<end, tunnel)
    } catch {
      return nil
    }
  }
}
