internal import MartletDevice
internal import MartletFlow
internal import MartletHost
internal import MartletReadiness

/// What carries one port's frames: a device, a tunnel, a socket.
///
/// A class with methods to override: one call a burst in, one a frame out. All of it happens on the
/// loop's thread.
class PortLink: DescriptorWatcher {
  /// What it has moved, and what it could not.
  var counters = PortCounters()
  /// Why it carries nothing any more; it is closed then, and opened again later.
  private(set) var failure: String?
  /// The port that it carries.
  weak var owner: SwitchPort?
  /// Told when there may be something to receive.
  private let wake: (PortLink) -> Void
  private(set) var isReady = false

  init(wake: @escaping (PortLink) -> Void) { self.wake = wake }

  /// Shows up to `budget` frames; returns how many there were.
  func receive(budget: Int, _ body: (RawSpan, FrameInfo, TunnelMetadata) -> Void) -> Int { 0 }

  /// Sends a frame, at the latest at the next `flush`. What cannot go is dropped and counted.
  func send(_ frame: RawSpan, _ info: FrameInfo, _ tunnel: TunnelMetadata, _ shared: SharedMemory) {
  }

  /// The counters, with what its device has counted.
  var report: PortCounters { counters }

  /// Sends what waits.
  func flush(_ shared: SharedMemory) {}

  /// Lets go of what the loop watches. Nothing is called afterwards.
  func close() {}

  /// The longest IP packet that fits, in bytes.
  var maximumTransmissionUnit: Int { 1500 }

  /// Whether somebody is at the other end, as far as can be known.
  var isConnected: Bool { true }

  /// Whether it must be looked at in each turn, having no descriptor.
  var isPolled: Bool { false }

  /// Becomes ready if there is something to receive; for those that are polled.
  func look() {}

  /// When it has something to do without being woken.
  func poll(now: Instant) -> Instant? { nil }

  /// Gives it a turn soon.
  final func makeReady() {
    guard !isReady else { return }
    isReady = true
    wake(self)
  }

  /// Begins its turn.
  final func takeReadiness() { isReady = false }

  /// Says that it is of no use any more; its owner closes it.
  final func fail(_ reason: String) {
    guard failure == nil else { return }
    failure = reason
    makeReady()
  }

  func descriptorIsReady(_ events: DescriptorEvents) { makeReady() }
}
