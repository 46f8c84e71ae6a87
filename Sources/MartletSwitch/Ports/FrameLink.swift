internal import MartletDevice
internal import MartletFlow
internal import MartletHost

/// A port over a link device, of the host or in memory.
class FrameLink<Device: LinkDevice & ~Copyable>: PortLink {
  final var device: Device
  /// Whether frames of the device are being shown: it cannot take any meanwhile.
  private var isReceiving = false
  /// What is to go back where it comes from, once that is over. Made when first needed.
  private var deferred: QueueDevice?

  init(_ device: consuming Device, wake: @escaping (PortLink) -> Void) {
    self.device = device
    super.init(wake: wake)
  }

  override var maximumTransmissionUnit: Int { device.capabilities.maximumTransmissionUnit }

  override func receive(
    budget: Int, _ body: (RawSpan, FrameInfo, TunnelMetadata) -> Void
  ) -> Int {
    var bytes: UInt64 = 0
    isReceiving = true
    let count = device.receive(budget: budget) { frame, info in
      bytes &+= UInt64(truncatingIfNeeded: frame.byteCount)
      body(frame, info, TunnelMetadata())
    }
    isReceiving = false
    counters.receivedFrames &+= UInt64(truncatingIfNeeded: count)
    counters.receivedBytes &+= bytes
    return count
  }

  override func send(
    _ frame: RawSpan, _ info: FrameInfo, _ tunnel: TunnelMetadata, _ shared: SharedMemory
  ) {
    guard !isReceiving else { return deferSending(frame, info) }
    if device.capabilities.offloads.allow(info) {
      put(frame, info)
    } else if !shared.finish(frame, info, { put($0, FrameInfo()) }) {
      counters.badOffload &+= 1
    }
  }

  private func deferSending(_ frame: RawSpan, _ info: FrameInfo) {
    if deferred == nil {
      deferred = QueueDevice(
        DeviceCapabilities(
          medium: .ethernet, maximumTransmissionUnit: FrameFinisher.limit, maximumBurst: 32),
        frameCount: 32)
    }
    if deferred?.insert(frame, info: info) != true { counters.transmitDrops &+= 1 }
  }

  private func put(_ frame: RawSpan, _ info: FrameInfo) {
    switch device.transmit(copying: frame, info) {
    case .taken:
      counters.sentFrames &+= 1
      counters.sentBytes &+= UInt64(truncatingIfNeeded: frame.byteCount)
    case .full: counters.transmitDrops &+= 1
    case .tooLong: counters.tooLong &+= 1
    }
  }

  override func flush(_ shared: SharedMemory) {
    guard var queue = deferred.take() else { return }
    // Sent as if it came from elsewhere: what was received is over.
    _ = queue.receive(budget: .max) { send($0, $1, TunnelMetadata(), shared) }
    deferred = consume queue
  }
}
