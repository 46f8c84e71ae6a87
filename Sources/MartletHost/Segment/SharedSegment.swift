public import MartletDevice
public import MartletWire
internal import Synchronization

/// An Ethernet segment in this process: what several stacks, on one loop or several, are plugged
/// into.
///
/// It forwards as a switch does and makes nobody wait: what finds a port's queue full is dropped and
/// counted.
public final class SharedSegment: Sendable {
  private let lock = Mutex(())
  private let state: State

  /// What the lock guards.
  private final class State: @unchecked Sendable {
    var segment: Segment
    var wakers: [DeviceWaker?]

    init(_ segment: consuming Segment, portCount: Int) {
      self.segment = segment
      wakers = [DeviceWaker?](repeating: nil, count: portCount)
    }
  }

  /// The longest IP packet that crosses it, in bytes.
  public let maximumTransmissionUnit: Int

  /// Makes a segment without ports.
  ///
  /// - Parameters:
  ///   - portCount: The most ports at once, 1 to 1024.
  ///   - queueLimit: The frames that may wait at each port.
  ///   - maximumTransmissionUnit: In bytes, without the Ethernet header.
  public init(
    portCount: Int = 256, queueLimit: Int = 256, maximumTransmissionUnit: Int = 1500
  ) {
    self.maximumTransmissionUnit = maximumTransmissionUnit
    state = State(
      Segment(
        portCount: portCount, queueLimit: queueLimit,
        maximumFrameLength: maximumTransmissionUnit + 22),
      portCount: portCount)
  }

  /// What became of the frames so far.
  public var counters: SegmentCounters { lock.withLock { _ in state.segment.counters } }

  /// Opens a port, closed at the end of its life. The Ethernet address of what is plugged in is
  /// random by default.
  ///
  /// Throws `NetworkError.tooMany` when all ports are taken.
  public func makePort(linkAddress: MACAddress? = nil) throws(NetworkError) -> SegmentPort {
    guard let number = lock.withLock({ _ in state.segment.addPort() }) else {
      throw .tooMany("ports on the segment")
    }
    return SegmentPort(
      number, of: self, linkAddress: linkAddress ?? .randomLocal(),
      maximumTransmissionUnit: maximumTransmissionUnit)
  }

  // MARK: What ports do

  func removePort(_ number: Int) {
    lock.withLock { _ in
      state.wakers[number] = nil
      state.segment.removePort(number)
    }
  }

  func setWaker(_ waker: DeviceWaker?, of number: Int) {
    lock.withLock { _ in state.wakers[number] = waker }
  }

  func receive(at number: Int, budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    lock.withLock { _ in state.segment.receive(at: number, budget: budget, body) }
  }

  /// Puts the first `count` frames in `slots` on the segment.
  func send(_ count: Int, of slots: borrowing TransmitSlots, from number: Int) {
    lock.withLock { _ in
      for index in 0..<count {
        state.segment.send(
          slots.bytes(at: index), info: slots.frame(at: index).info, from: number)
      }
      state.segment.takeNews { state.wakers[$0]?.wake() }
    }
  }
}
