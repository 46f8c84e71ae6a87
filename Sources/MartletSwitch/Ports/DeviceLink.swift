internal import MartletDevice
internal import MartletFlow
internal import MartletHost
internal import MartletReadiness

/// A port over a device that is a descriptor: TAP, packet socket, QEMU link.
final class DeviceLink<Device: HostDevice & ~Copyable>: FrameLink<Device> {
  private let loop: EventLoop
  private var token: WatchToken?
  private let subject: String
  private var watched = DescriptorEvents.readable

  init(
    _ device: consuming Device, subject: String, on loop: EventLoop,
    wake: @escaping (PortLink) -> Void
  ) throws(HostError) {
    let number = device.readinessDescriptor
    self.loop = loop
    self.subject = subject
    super.init(device, wake: wake)
    do throws(SystemError) {
      token = try loop.watch(number, for: .readable, self)
    } catch {
      throw .system(error, subject: subject)
    }
    makeReady()
  }

  override func close() {
    if let token { loop.unwatch(token) }
    token = nil
  }

  override var report: PortCounters {
    var report = counters
    let seen = device.counters
    report.receiveErrors &+= seen.receiveErrors
    report.transmitDrops &+= seen.transmitDrops
    report.transmitErrors &+= seen.transmitErrors
    report.sentFrames &-= min(report.sentFrames, seen.transmitDrops &+ seen.transmitErrors)
    return report
  }

  override func receive(
    budget: Int, _ body: (RawSpan, FrameInfo, TunnelMetadata) -> Void
  ) -> Int {
    let count = super.receive(budget: budget, body)
    failIfEnded()
    return count
  }

  override func flush(_ shared: SharedMemory) {
    super.flush(shared)
    failIfEnded()
    let wanted: DescriptorEvents = device.wantsWritable ? [.readable, .writable] : .readable
    guard wanted != watched, let token else { return }
    watched = wanted
    loop.change(token, to: wanted)
  }

  override func descriptorIsReady(_ events: DescriptorEvents) {
    if events.contains(.writable) { device.advance(to: .zero) }
    if events.contains(.ended) { device.noteDescriptorError() }
    super.descriptorIsReady(events)
  }

  private func failIfEnded() {
    if device.hasEnded { fail("\(subject) is gone") }
  }
}
