/// A device whose far side is code: packets are handed in and taken out by calls.
///
/// What the packet tunnel of a VPN app needs (IP packets in, IP packets out), and a test that plays
/// the peer. Bounded both ways: a packet that finds no room is refused, and `insert` says so.
public struct QueueDevice: ~Copyable, LinkDevice {
  /// What the device was said to do.
  public let capabilities: DeviceCapabilities
  private var incoming: FrameRing
  private var outgoing: FrameRing

  /// Makes a device with room for `frameCount` frames each way.
  public init(_ capabilities: DeviceCapabilities, frameCount: Int = 256) {
    self.capabilities = capabilities
    incoming = FrameRing(capacity: frameCount, frameLength: capabilities.maximumFrameLength)
    outgoing = FrameRing(capacity: frameCount, frameLength: capabilities.maximumFrameLength)
  }

  /// Makes a device for IP packets.
  public init(maximumTransmissionUnit: Int, frameCount: Int = 256) {
    self.init(
      DeviceCapabilities(
        medium: .ip, maximumTransmissionUnit: maximumTransmissionUnit, maximumBurst: frameCount),
      frameCount: frameCount)
  }

  // MARK: The far side

  /// Hands a frame in, for the stack to receive; false when it is too long or the queue is full.
  public mutating func insert(_ frame: RawSpan, info: FrameInfo = FrameInfo()) -> Bool {
    incoming.append(frame, info: info)
  }

  /// Takes out up to `budget` frames that the stack has sent, oldest first, and returns how many.
  public mutating func remove(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    outgoing.drain(budget: budget, body)
  }

  /// The frames that wait to be taken out.
  public var outgoingCount: Int { outgoing.count }

  /// The frames that wait to be received by the stack.
  public var incomingCount: Int { incoming.count }

  // MARK: The stack's side

  /// Shows what was handed in.
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    incoming.drain(budget: budget, body)
  }

  /// Lends slots that are free.
  @_lifetime(&self)
  public mutating func reserve(_ count: Int) -> TransmitBatch? { outgoing.reserve(count) }

  /// Lets the frames be taken out.
  public mutating func commit(_ count: Int) { outgoing.commit(count) }
}
