internal import MartletDevice
internal import MartletHost

/// A port for stacks of this process: a cable whose other end they are plugged into.
final class InProcessLink: FrameLink<SegmentPort> {
  /// What the other end is made of.
  let cable: SharedSegment
  private let waker: DeviceWaker

  init(
    maximumTransmissionUnit: Int, on loop: EventLoop, wake: @escaping (PortLink) -> Void
  ) throws(HostError) {
    // More than two: what is plugged in anew comes before what it replaces has gone.
    cable = SharedSegment(
      portCount: 4, queueLimit: 512, maximumTransmissionUnit: maximumTransmissionUnit)
    waker = DeviceWaker(loop: loop)
    do throws(NetworkError) {
      super.init(try cable.makePort(), wake: wake)
    } catch {
      throw .unsupported("cable in memory", advice: "\(error)")
    }
    device.setWaker(waker)
    makeReady()
  }

  override var isPolled: Bool { true }

  override func close() { device.setWaker(nil) }

  override func look() {
    if waker.take() { makeReady() }
  }
}
