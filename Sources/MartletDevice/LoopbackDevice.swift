/// A device that gives back what it is given: 127.0.0.0/8, or a stack that talks to itself.
public struct LoopbackDevice: ~Copyable, LinkDevice {
  /// IP-only, all offloads: nobody between sender and receiver could change a byte.
  public let capabilities: DeviceCapabilities
  private var ring: FrameRing

  /// Makes a loopback with room for `frameCount` packets of up to `maximumTransmissionUnit` bytes.
  public init(maximumTransmissionUnit: Int = 65_535, frameCount: Int = 64) {
    capabilities = DeviceCapabilities(
      medium: .ip, maximumTransmissionUnit: maximumTransmissionUnit,
      offloads: [.transmitChecksum, .receiveChecksum], maximumBurst: frameCount)
    ring = FrameRing(capacity: frameCount, frameLength: maximumTransmissionUnit)
  }

  /// Shows what was sent.
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    ring.drain(budget: budget, body)
  }

  /// Lends slots that are free.
  @_lifetime(&self)
  public mutating func reserve(_ count: Int) -> TransmitBatch? { ring.reserve(count) }

  /// Lets the frames be received.
  public mutating func commit(_ count: Int) { ring.commit(count) }
}
