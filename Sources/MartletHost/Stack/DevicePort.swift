internal import MartletDevice
internal import MartletReadiness
internal import MartletStack

/// Where a stack's pump meets one device: the calls, specialised where the device was attached, and
/// what tells when to make them.
@usableFromInline
final class DevicePort: DescriptorWatcher {
  let interface: InterfaceID
  private let pump: DevicePump
  private let source: Source
  private let loop: EventLoop
  private var token: WatchToken?
  private var isReady = true
  private var watched = DescriptorEvents.readable
  /// Whether the device has said that it is gone for good, once that was noticed.
  private(set) var hasEnded = false

  /// How the port hears that frames have come.
  @usableFromInline
  enum Source {
    /// The kernel says so of a descriptor.
    case descriptor(Int32)
    /// The device says so.
    case waker(DeviceWaker)
    /// By looking in every round of the loop.
    case polled
  }

  init(
    _ interface: InterfaceID, _ pump: DevicePump, source: Source, loop: EventLoop
  ) throws(SystemError) {
    self.interface = interface
    self.pump = pump
    self.source = source
    self.loop = loop
    if case .descriptor(let number) = source {
      token = try loop.watch(number, for: .readable, self)
    }
  }

  /// Lets go of the descriptor. Must come before the device ends.
  func end() {
    if let token { loop.unwatch(token) }
    token = nil
    if case .waker = source { pump.silence() }
  }

  func descriptorIsReady(_ events: DescriptorEvents) {
    isReady = true
  }

  /// Receives up to `budget` frames and sends what waits. Returns whether there may be more to
  /// receive at once.
  func service(_ stack: inout Stack, now: Instant, budget: Int) -> Bool {
    let isDue = pump.nextDeadline().map { $0 <= now } ?? false
    guard takeReadiness() || isDue else { return false }
    let before = isPolled ? sentCount(of: stack) : 0
    let count = pump.service(&stack, now, budget)
    noteEnd()
    if count >= budget {
      isReady = true
      return true
    }
    // In memory the other end may be a client of this same loop that had its turn already.
    return isPolled && (count > 0 || sentCount(of: stack) != before)
  }

  /// Sends what waits. Returns whether the other end must be given the chance to look.
  func flush(_ stack: inout Stack, now: Instant) -> Bool {
    let before = isPolled ? sentCount(of: stack) : 0
    if stack.hasWork(on: interface) { pump.flush(&stack, now) }
    watchForRoom()
    return isPolled && sentCount(of: stack) != before
  }

  /// When the device itself has something to do.
  func nextDeadline() -> Instant? { pump.nextDeadline() }

  private var isPolled: Bool {
    if case .polled = source { true } else { false }
  }

  private func takeReadiness() -> Bool {
    switch source {
    case .descriptor:
      defer { isReady = false }
      return isReady
    case .waker(let waker):
      defer { isReady = false }
      // Both are asked: a call during the service that follows must count.
      return waker.take() || isReady
    case .polled:
      return true
    }
  }

  private func sentCount(of stack: borrowing Stack) -> UInt64 {
    stack.counters(of: interface)?.outFrames ?? 0
  }

  /// Watches for room while frames wait in the device.
  private func watchForRoom() {
    guard let token else { return }
    let wanted: DescriptorEvents =
      pump.wantsWritable() ? [.readable, .writable] : .readable
    guard wanted != watched else { return }
    watched = wanted
    loop.change(token, to: wanted)
  }

  /// A device that has ended would be reported as ready for ever.
  private func noteEnd() {
    guard !hasEnded, pump.hasEnded() else { return }
    hasEnded = true
    if let token { loop.unwatch(token) }
    token = nil
  }
}
