internal import Glibc
public import MartletDevice
public import MartletReadiness
public import MartletWire

/// An Ethernet cable to another process: a stream socket that carries frames, each after its length
/// in four bytes in network order, as QEMU's `-netdev stream` has it.
public struct StreamLinkDevice: ~Copyable, HostDevice {
  private static var prefix: Int { 4 }

  /// Ethernet without offloads.
  public let capabilities: DeviceCapabilities
  /// What the device has moved, and what it could not.
  public private(set) var counters = HostDeviceCounters()
  /// Whether the peer has closed, failed, or sent a length that no frame has.
  public private(set) var hasEnded = false
  private let descriptor: Descriptor
  /// What has come: frames from `consumed` on, the last perhaps in part.
  private var incoming: HostBuffer
  private var consumed = 0
  private var filled = 0
  /// What waits to go: from `sent` up to `pending`.
  private var outgoing: HostBuffer
  private var sent = 0
  private var pending = 0
  private var slots: TransmitSlots

  /// Connects to the unix socket at `path`, where a peer listens (`server=on` in QEMU).
  ///
  /// - Parameters:
  ///   - path: Where the peer listens.
  ///   - linkAddress: This side's Ethernet address; random by default.
  ///   - maximumTransmissionUnit: In bytes.
  /// - Throws: A `HostError` that names the path.
  public init(
    connectingTo path: String, linkAddress: MACAddress? = nil, maximumTransmissionUnit: Int = 1500
  ) throws(HostError) {
    let number = HostCalls.unixSocket(SOCK_STREAM)
    guard number >= 0 else { throw UnixPath.error("socket", errno, path) }
    let descriptor = Descriptor(number)
    guard HostCalls.unixConnect(number, to: path) == 0 else {
      throw UnixPath.error("connect", errno, path)
    }
    self.init(
      connected: descriptor, linkAddress: linkAddress,
      maximumTransmissionUnit: maximumTransmissionUnit)
  }

  /// Takes over a connected stream socket of any family, and makes it non-blocking.
  ///
  /// - Parameters:
  ///   - connected: The socket, closed at the end.
  ///   - linkAddress: This side's Ethernet address; random by default.
  ///   - maximumTransmissionUnit: In bytes.
  public init(
    connected: consuming Descriptor, linkAddress: MACAddress? = nil,
    maximumTransmissionUnit: Int = 1500
  ) {
    _ = HostCalls.makeNonBlocking(connected.rawValue)
    capabilities = DeviceCapabilities(
      medium: .ethernet, maximumTransmissionUnit: maximumTransmissionUnit,
      linkAddress: linkAddress ?? .randomLocal(), maximumBurst: 64)
    let length = capabilities.maximumFrameLength
    descriptor = connected
    incoming = HostBuffer(byteCount: max(65_536, 2 * (length + Self.prefix)))
    outgoing = HostBuffer(byteCount: 64 * (length + Self.prefix))
    slots = TransmitSlots(count: 64, slotCapacity: length)
  }

  /// What to watch for `.readable`, and for `.writable` while `wantsWritable`.
  public var readinessDescriptor: Int32 { descriptor.rawValue }
  /// Whether the peer has not yet taken all that was sent.
  public var wantsWritable: Bool { pending > 0 }

  // MARK: Receiving

  /// Reads what has come, in one call for many frames, and shows the frames that are whole.
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    var count = 0
    while count < budget, !hasEnded {
      if showNext(body) {
        count += 1
      } else if !readMore() {
        break
      }
    }
    counters.received &+= UInt64(truncatingIfNeeded: count)
    return count
  }

  private mutating func showNext(_ body: (RawSpan, FrameInfo) -> Void) -> Bool {
    guard filled - consumed >= Self.prefix else { return false }
    let length = Int(incoming.bytes(consumed..<filled).load(UInt32.self, at: 0))
    guard (1...capabilities.maximumFrameLength).contains(length) else {
      // Where the next frame begins is lost, too.
      counters.receiveErrors &+= 1
      hasEnded = true
      return false
    }
    let start = consumed + Self.prefix
    guard filled - start >= length else { return false }
    body(incoming.bytes(start..<start + length), FrameInfo())
    consumed = start + length
    return true
  }

  private mutating func readMore() -> Bool {
    guard !hasEnded else { return false }
    incoming.moveToStart(consumed..<filled)
    filled -= consumed
    consumed = 0
    let length = incoming.read(from: descriptor.rawValue, at: filled)
    if length > 0 {
      filled += length
      return true
    }
    hasEnded = length != -Int(EAGAIN) && length != -Int(EINTR)
    return false
  }

  // MARK: Sending

  /// Lends slots for as many frames as there is room for, should all be of full length.
  @_lifetime(&self)
  public mutating func reserve(_ count: Int) -> TransmitBatch? {
    flush()
    let room = (outgoing.byteCount - pending) / (slots.slotCapacity + Self.prefix)
    let lent = min(count, slots.count, room)
    guard lent > 0, !hasEnded else { return nil }
    return slots.lend(count: lent)
  }

  /// Sends the frames, in one call for all; what the peer does not take yet waits here.
  public mutating func commit(_ count: Int) {
    for index in 0..<count {
      let length = slots.frame(at: index).length
      outgoing.store(UInt32(truncatingIfNeeded: length), at: pending)
      slots.copy(index, into: &outgoing, at: pending + Self.prefix)
      pending += Self.prefix + length
      counters.sent &+= 1
    }
    flush()
  }

  /// Lets the peer take what waits.
  public mutating func advance(to now: Instant) { flush() }

  private mutating func flush() {
    while sent < pending {
      let length = outgoing.send(sent..<pending, to: descriptor.rawValue)
      guard length > 0 else {
        let code = Int32(truncatingIfNeeded: -length)
        hasEnded = hasEnded || (code != EAGAIN && code != EINTR)
        break
      }
      sent += length
    }
    outgoing.moveToStart(sent..<pending)
    pending -= sent
    sent = 0
  }
}
