internal import MartletDevice
internal import MartletFlow
internal import MartletHost
internal import MartletReadiness
internal import MartletWire

/// What GRE and VXLAN ports have in common: the way out, the room there is, bursts.
class TunnelLink: PortLink {
  /// The bytes of the longest inner frame that is received or sent whole.
  static var frameLimit: Int { 10_240 }

  let options: TunnelOptions
  /// The bytes before an inner frame, the outer IP header included.
  let overhead: Int
  /// What a frame that does not fit is answered with; the port of the sender is the caller's.
  var answer: (RawSpan, _ mtu: Int) -> Void = { _, _ in }
  private var outgoing: DatagramBurst
  private var fragments = InnerFragments()
  /// What the burst goes out by.
  private var burstSocket: Int32 = -1
  private var pathMTU = 1500
  private var nextLook = Instant.zero

  init(_ options: TunnelOptions, overhead: Int, wake: @escaping (PortLink) -> Void) {
    self.options = options
    self.overhead = overhead
    outgoing = DatagramBurst(slotCapacity: Self.frameLimit + 64)
    super.init(wake: wake)
    measurePath()
  }

  /// The inner IP packet that fits: the path's MTU without all headers between.
  override var maximumTransmissionUnit: Int {
    let limit = options.maximumTransmissionUnit ?? (pathMTU - overhead - 14)
    return max(68, min(limit, Self.frameLimit - 22))
  }

  /// The host's routes change, and it learns of smaller MTUs on the way.
  override func poll(now: Instant) -> Instant? {
    if now >= nextLook {
      measurePath()
      nextLook = now + .seconds(5)
    }
    return nextLook
  }

  private func measurePath() {
    guard let remote = options.remote, let route = TunnelSocket.route(to: remote) else { return }
    pathMTU = route.mtu
  }

  // MARK: Receiving

  /// Looks at an inner frame that has come: what is left undone in it, and whether its segment size
  /// had to be lowered.
  ///
  /// - Parameters:
  ///   - frame: The frame.
  ///   - mtu: The inner IP packet that fits the tunnel.
  ///   - clamps: Whether segment sizes are lowered to it.
  /// - Returns: Both.
  static func prepare(
    _ frame: inout MutableRawSpan, mtu: Int, clamps: Bool
  ) -> (info: FrameInfo, isClamped: Bool) {
    guard let layout = FrameLayout(frame.bytes) else { return (FrameInfo(), false) }
    var info = UndoneChecksum.find(frame.bytes, layout)
    if info.checksum == .partial { noteSegments(frame.bytes, layout, mtu: mtu, in: &info) }
    guard clamps else { return (info, false) }
    let isClamped = SegmentClamp.lower(
      &frame, layout, to: mtu, isSummed: info.checksum != .partial)
    return (info, isClamped)
  }

  /// A segment that is longer than the tunnel carries was never cut: between namespaces of one machine
  /// Linux hands a socket what it would have left to the card. Its pieces are as long as fit.
  private static func noteSegments(
    _ frame: RawSpan, _ layout: FrameLayout, mtu: Int, in info: inout FrameInfo
  ) {
    guard layout.packetLength > mtu, layout.payloadProtocol == .tcp,
      layout.transport + 20 <= layout.end
    else { return }
    let length = Int(frame.load(UInt8.self, at: layout.transport + 12) >> 4) * 4
    let payload = layout.transport + length
    let size = mtu - (payload - layout.network)
    guard length >= 20, payload < layout.end, size > 0 else { return }
    info.segmentation = layout.isIPv6 ? .tcpIPv6 : .tcpIPv4
    info.segmentSize = UInt16(truncatingIfNeeded: size)
    info.headerLength = UInt16(truncatingIfNeeded: payload)
  }

  // MARK: Sending

  /// Writes what stands before the inner frame and returns its length.
  func writeHeader(
    into slot: inout MutableRawSpan, _ tunnel: TunnelMetadata, frame: RawSpan
  ) -> Int { 0 }

  /// Where a frame goes.
  func peer(for tunnel: TunnelMetadata) -> Endpoint? { nil }

  /// The socket for an inner frame.
  func socket(for frame: RawSpan, _ layout: FrameLayout?) -> Int32 { -1 }

  override func send(
    _ frame: RawSpan, _ info: FrameInfo, _ tunnel: TunnelMetadata, _ shared: SharedMemory
  ) {
    guard let peer = peer(for: tunnel) else {
      counters.transmitErrors &+= 1
      return
    }
    let isWhole = shared.finish(frame, info) { put($0, tunnel, peer) }
    if !isWhole { counters.badOffload &+= 1 }
  }

  private func put(_ frame: RawSpan, _ tunnel: TunnelMetadata, _ peer: Endpoint) {
    let mtu = maximumTransmissionUnit
    let layout = FrameLayout(frame)
    let length = layout?.packetLength ?? frame.byteCount - 14
    if length <= mtu, frame.byteCount <= Self.frameLimit {
      return append(frame, layout, mtu, tunnel, peer)
    }
    guard let layout else {
      counters.tooLong &+= 1
      return
    }
    let isCut = fragments.cut(frame, layout, to: mtu) {
      append($0, FrameLayout($0), mtu, tunnel, peer)
    }
    guard !isCut else { return }
    counters.tooLong &+= 1
    guard options.answersTooBig else { return }
    counters.tooBigAnswers &+= 1
    answer(frame, mtu)
  }

  /// Puts a frame that fits into the burst.
  private func append(
    _ frame: RawSpan, _ layout: FrameLayout?, _ mtu: Int, _ tunnel: TunnelMetadata,
    _ peer: Endpoint
  ) {
    let socket = socket(for: frame, layout)
    if outgoing.isFull || socket != burstSocket { sendBurst() }
    burstSocket = socket
    let clamp = options.clampsSegments ? layout : nil
    let isClamped = Self.append(frame, clamp, mtu, to: peer, &outgoing) { slot in
      writeHeader(into: &slot, tunnel, frame: frame)
    }
    if isClamped { counters.clampedOpenings &+= 1 }
    counters.sentFrames &+= 1
    counters.sentBytes &+= UInt64(truncatingIfNeeded: frame.byteCount)
  }

  /// Puts a frame behind a header into a burst; whether its segment size was lowered.
  private static func append(
    _ frame: RawSpan, _ clamp: FrameLayout?, _ mtu: Int, to peer: Endpoint,
    _ burst: inout DatagramBurst, header: (inout MutableRawSpan) -> Int
  ) -> Bool {
    var isClamped = false
    var end = 0
    do {
      var slot = burst.nextSlot
      let start = header(&slot)
      slot.copy(frame, at: start)
      end = start + frame.byteCount
      if let clamp {
        var inner = slot._mutatingExtracting(start..<end)
        isClamped = SegmentClamp.lower(&inner, clamp, to: mtu)
      }
    }
    burst.append(length: end, to: peer)
    return isClamped
  }

  override func flush(_ shared: SharedMemory) { sendBurst() }

  private func sendBurst() {
    guard outgoing.count > 0 else { return }
    var drops: UInt64 = 0
    var errors: UInt64 = 0
    outgoing.send(on: burstSocket) { code in
      if TunnelSocket.isFull(code) { drops &+= 1 } else { errors &+= 1 }
    }
    counters.transmitDrops &+= drops
    counters.transmitErrors &+= errors
    counters.sentFrames &-= drops &+ errors
    // Too long for a path that has become narrower, perhaps.
    if errors > 0 { measurePath() }
  }
}
