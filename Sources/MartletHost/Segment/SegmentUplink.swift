internal import MartletDevice
internal import MartletReadiness

/// A device of the host that is plugged into a segment: by a TAP the host's own kernel joins it.
///
/// Give it a device without offloads: a segment carries frames of its MTU, whole.
public actor SegmentUplink<Device: HostDevice & ~Copyable> {
  private nonisolated let loop: EventLoop
  private let crossing: Uplink<Device>

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.asUnownedSerialExecutor()
  }

  /// Plugs `device` into a port. No frame moves before `run`.
  public init(_ device: consuming Device, port: consuming SegmentPort, on loop: EventLoop) {
    self.loop = loop
    crossing = Uplink(device, port: port)
  }

  /// The frames that one side had and the other did not take.
  public var lostCount: UInt64 { crossing.lost }

  /// Carries frames until the task is cancelled or the device is gone; true when it is gone.
  ///
  /// - Throws: `HostError.system` when the device cannot be watched.
  public func run() async throws(HostError) -> Bool {
    let token: WatchToken
    do throws(SystemError) {
      token = try loop.watch(crossing.descriptor, for: .readable, crossing)
    } catch {
      throw .system(error, subject: "uplink of a segment")
    }
    crossing.setWaker(DeviceWaker(loop: loop))
    loop.attach(crossing)
    let waiter = Waiter()
    crossing.atEnd = waiter
    _ = await waiter.wait()
    crossing.atEnd = nil
    crossing.setWaker(nil)
    loop.detach(crossing)
    loop.unwatch(token)
    return crossing.hasEnded
  }
}

/// The frames' way between a device and a segment, on its loop's thread.
private final class Uplink<Device: HostDevice & ~Copyable>: LoopClient, DescriptorWatcher {
  private var device: Device
  private var port: SegmentPort
  private(set) var lost: UInt64 = 0
  /// Resumed when the device is gone.
  var atEnd: Waiter?

  init(_ device: consuming Device, port: consuming SegmentPort) {
    self.device = device
    self.port = port
  }

  var descriptor: Int32 { device.readinessDescriptor }
  var hasEnded: Bool { device.hasEnded }

  func setWaker(_ waker: DeviceWaker?) { port.setWaker(waker) }

  /// The turn that follows reads.
  func descriptorIsReady(_ events: DescriptorEvents) {}

  func turn(now: Instant) -> Instant? {
    let budget = 64
    let inward = Self.carry(from: &device, to: &port, budget: budget, &lost)
    let outward = Self.carry(from: &port, to: &device, budget: budget, &lost)
    if device.hasEnded { atEnd?.resume() }
    return inward == budget || outward == budget ? now : nil
  }

  private static func carry<From: LinkDevice & ~Copyable, To: LinkDevice & ~Copyable>(
    from: inout From, to: inout To, budget: Int, _ lost: inout UInt64
  ) -> Int {
    from.carry(to: &to, budget: budget, lost: &lost)
  }
}
