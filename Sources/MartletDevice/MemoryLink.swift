/// A cable between two devices in memory, for simulated networks and tests.
///
/// Each direction is a ring of frames, bounded and allocated once. A frame is written once, by its
/// sender, and read where it lies. What a sender leaves to hardware (checksums, segmentation)
/// reaches the other end undone and marked so, as between two virtual cards on one machine.
///
/// Both ends belong to one owner, or to two that take turns: nothing here is synchronised.
public struct MemoryLink {
  /// One end.
  public let first: End
  /// The other end.
  public let second: End

  /// Makes a cable with room for `frameCount` frames in each direction.
  ///
  /// The ends may differ in their address and offloads; a frame longer than the *sender's*
  /// capabilities allow has no slot to be written into.
  public init(
    _ first: DeviceCapabilities, _ second: DeviceCapabilities, frameCount: Int = 256
  ) {
    let forth = SharedRing(capacity: frameCount, frameLength: first.maximumFrameLength)
    let back = SharedRing(capacity: frameCount, frameLength: second.maximumFrameLength)
    self.first = End(capabilities: first, outgoing: forth, incoming: back)
    self.second = End(capabilities: second, outgoing: back, incoming: forth)
  }

  /// What is plugged into at one side. A copy is the same end.
  public struct End: LinkDevice {
    /// What this end can do.
    public let capabilities: DeviceCapabilities
    let outgoing: SharedRing
    let incoming: SharedRing

    /// The frames that wait to be received at this end.
    public var waitingCount: Int { incoming.ring.count }

    /// Shows what the other end has sent.
    public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
      incoming.ring.drain(budget: budget, body)
    }

    /// Lends slots of the cable itself.
    @_lifetime(&self)
    public mutating func reserve(_ count: Int) -> TransmitBatch? {
      outgoing.reserve(min(count, capabilities.maximumBurst))
    }

    /// Puts the frames on the cable.
    public mutating func commit(_ count: Int) { outgoing.ring.commit(count) }
  }
}
