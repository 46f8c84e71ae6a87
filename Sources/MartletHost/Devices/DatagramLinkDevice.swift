internal import Glibc
public import MartletDevice
public import MartletReadiness
public import MartletWire

/// An Ethernet cable to another process: a datagram socket that carries one frame in each datagram,
/// as QEMU's `-netdev dgram` has it.
public struct DatagramLinkDevice: ~Copyable, HostDevice {
  /// Ethernet without offloads.
  public let capabilities: DeviceCapabilities
  /// What the device has moved, and what it could not.
  public private(set) var counters = HostDeviceCounters()
  /// Never: a peer that is gone may come back at the same path.
  public var hasEnded: Bool { false }
  private let descriptor: Descriptor
  private let path: String
  private var buffer: HostBuffer
  private var slots: TransmitSlots

  /// Binds a unix socket at `path` and sends to the one at `peer`, which need not be there yet:
  /// what is sent before is dropped.
  ///
  /// - Parameters:
  ///   - path: Where the peer sends to; a socket file left there is replaced, and it is removed at
  ///     the end.
  ///   - peer: Where the peer receives.
  ///   - linkAddress: This side's Ethernet address; random by default.
  ///   - maximumTransmissionUnit: In bytes.
  /// - Throws: A `HostError` that names the path.
  public init(
    path: String, peer: String, linkAddress: MACAddress? = nil, maximumTransmissionUnit: Int = 1500
  ) throws(HostError) {
    try UnixPath.removeStale(path)
    let number = HostCalls.unixSocket(SOCK_DGRAM, boundTo: path)
    guard number >= 0 else { throw UnixPath.error("bind", errno, path) }
    self.init(
      Descriptor(number), path: path, peer: peer, linkAddress: linkAddress,
      maximumTransmissionUnit: maximumTransmissionUnit)
  }

  /// Takes over a connected datagram socket, one of a pair for instance, and makes it non-blocking.
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
    self.init(
      connected, path: "", peer: "", linkAddress: linkAddress,
      maximumTransmissionUnit: maximumTransmissionUnit)
  }

  private let peer: String
  /// Whether the socket knows where to send to.
  private var isConnected: Bool

  private init(
    _ descriptor: consuming Descriptor, path: String, peer: String, linkAddress: MACAddress?,
    maximumTransmissionUnit: Int
  ) {
    capabilities = DeviceCapabilities(
      medium: .ethernet, maximumTransmissionUnit: maximumTransmissionUnit,
      linkAddress: linkAddress ?? .randomLocal(), maximumBurst: 64)
    self.descriptor = descriptor
    self.path = path
    self.peer = peer
    isConnected = peer.isEmpty
    buffer = HostBuffer(byteCount: capabilities.maximumFrameLength)
    slots = TransmitSlots(
      count: capabilities.maximumBurst, slotCapacity: capabilities.maximumFrameLength)
  }

  deinit { if !path.isEmpty { HostCalls.remove(path) } }

  /// What to watch for `.readable`.
  public var readinessDescriptor: Int32 { descriptor.rawValue }

  /// Receives datagrams; one that is too long for the MTU is dropped and counted.
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    var count = 0
    // What is no frame counts as well: a peer must not hold the loop with datagrams that are dropped.
    for _ in 0..<max(0, budget) {
      let length = buffer.receive(from: descriptor.rawValue)
      guard length >= 0 else { break }
      guard length > 0, length <= buffer.byteCount else {
        counters.receiveErrors &+= 1
        continue
      }
      body(buffer.bytes(0..<length), FrameInfo())
      count += 1
    }
    counters.received &+= UInt64(truncatingIfNeeded: count)
    return count
  }

  /// Lends slots; they are free again after each `commit`.
  @_lifetime(&self)
  public mutating func reserve(_ count: Int) -> TransmitBatch? {
    slots.lend(count: max(0, min(count, slots.count)))
  }

  /// Sends the frames. What the peer has no room for is dropped and counted.
  public mutating func commit(_ count: Int) {
    for index in 0..<count {
      connectIfNeeded()
      let sent = slots.send(index, to: descriptor.rawValue)
      // The peer has ended; the next one at its path needs a new connection.
      if sent == -Int(ECONNREFUSED) || sent == -Int(ENOTCONN) { isConnected = peer.isEmpty }
      counters.noteTransmit(sent)
    }
  }

  private mutating func connectIfNeeded() {
    guard !isConnected else { return }
    isConnected = HostCalls.unixConnect(descriptor.rawValue, to: peer) == 0
  }
}
