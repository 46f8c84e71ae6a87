internal import MartletDevice
internal import MartletFlow
internal import MartletHost
internal import MartletReadiness

/// A port where a QEMU connects (`-netdev stream,server=off`): one at a time, as often as it likes.
final class UnixStreamLink: PortLink {
  private let loop: EventLoop
  private let path: String
  private let mtu: Int
  private let listener: Descriptor
  private var token: WatchToken?
  private var connected: DeviceLink<StreamLinkDevice>?
  /// What connections that have ended have moved.
  private var past = PortCounters()

  init(
    listeningAt path: String, maximumTransmissionUnit: Int, on loop: EventLoop,
    wake: @escaping (PortLink) -> Void
  ) throws(HostError) {
    self.loop = loop
    self.path = path
    mtu = maximumTransmissionUnit
    listener = try UnixNetwork.listener(at: path, backlog: 1)
    super.init(wake: wake)
    try watch()
  }

  override var maximumTransmissionUnit: Int { mtu }
  override var isConnected: Bool { connected != nil }

  private func watch() throws(HostError) {
    do throws(SystemError) {
      token = try loop.watch(listener.rawValue, for: .readable, self)
    } catch {
      throw .system(error, subject: path)
    }
  }

  override func close() {
    if let token { loop.unwatch(token) }
    token = nil
    connected?.close()
    connected = nil
    HostCalls.remove(path)
  }

  override func descriptorIsReady(_ events: DescriptorEvents) {
    guard connected == nil, let socket = UnixNetwork.accept(listener.rawValue) else { return }
    let device = StreamLinkDevice(connected: socket, maximumTransmissionUnit: mtu)
    connected = try? DeviceLink(device, subject: path, on: loop) { [unowned self] _ in makeReady() }
    // Who comes next waits in the kernel for this one to go.
    if connected != nil, let token {
      loop.unwatch(token)
      self.token = nil
    }
    makeReady()
  }

  override var report: PortCounters { past + (connected?.report ?? PortCounters()) + counters }

  override func receive(
    budget: Int, _ body: (RawSpan, FrameInfo, TunnelMetadata) -> Void
  ) -> Int {
    guard let connected else { return 0 }
    connected.takeReadiness()
    let count = connected.receive(budget: budget, body)
    endIfGone()
    return count
  }

  override func send(
    _ frame: RawSpan, _ info: FrameInfo, _ tunnel: TunnelMetadata, _ shared: SharedMemory
  ) {
    guard let connected else {
      counters.transmitDrops &+= 1
      return
    }
    connected.send(frame, info, tunnel, shared)
  }

  override func flush(_ shared: SharedMemory) {
    connected?.flush(shared)
    endIfGone()
  }

  private func endIfGone() {
    guard let link = connected, link.failure != nil else { return }
    past = past + link.report
    link.close()
    connected = nil
    do throws(HostError) {
      try watch()
    } catch {
      fail(error.description)
    }
  }
}
