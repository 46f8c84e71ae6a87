public import MartletDevice
import MartletWire

/// A virtio network card (virtio 1.2, 5.1): one queue each way, checksum and segmentation left to the
/// card, received frames spread over several buffers where it likes.
public struct VirtioNet<Registers: DeviceRegisters>: NetworkCard, ~Copyable {
  /// Vendor and device, transitional and modern.
  public static var identifiers: [UInt32] { [0x1000_1AF4, 0x1041_1AF4] }

  static var receiveCount: Int { 128 }
  static var receiveSize: Int { 2048 }
  static var slotCount: Int { 32 }
  /// The longest frame for segmentation.
  static var segmentedLength: Int { 16_384 }
  /// `struct virtio_net_hdr` with the number of buffers.
  static var headerLength: Int { VirtioNetHeader.length + 2 }
  static var longestFrame: Int { 65_550 }
  /// How long a card with a link may sit on a frame.
  static var patience: Interval { .seconds(5) }

  private let device: VirtioDevice<Registers>
  private let features: UInt64
  private let linkAddress: MACAddress
  private let mtu: Int
  private var received: Virtqueue
  private let receiveMemory: DMAMemory
  /// Where a frame is put together that came in several buffers.
  private var joined: DMAMemory
  private var transmitted: Virtqueue
  private var slots: DMATransmitSlots

  /// The next slot to be lent, how many are with the card or done behind one that is, and how many
  /// the last batch lent.
  private var nextSlot = 0
  private var outstanding = 0
  private var lent = 0
  /// Slots that the card is done with although it has older ones.
  private var isDone: UInt32 = 0
  private var now = Instant.zero
  private var stallDeadline: Instant?

  /// Whether it interrupts by the first message of its function's table, and not by its line.
  public let sendsMessages: Bool
  /// Whether it works.
  public private(set) var state = CardState.noLink
  /// What it has counted.
  public private(set) var counters = CardCounters()

  /// Resets the card and starts it; it does not interrupt until `rearm`.
  ///
  /// A machine that forwards frames to cards without offloads sets `receivesOffloads` to false: what
  /// arrives then is as it was on a wire. Where the function sends messages (MSI-X) already,
  /// `sendsMessages` asks for them; ``sendsMessages`` says whether the card has agreed.
  public init(
    _ device: VirtioDevice<Registers>, memory: some DMAAllocator, receivesOffloads: Bool = true,
    sendsMessages: Bool = false
  ) throws(CardFailure) {
    var wanted =
      VirtioFeature.macAddress | VirtioFeature.linkStatus | VirtioFeature.mtu
      | VirtioFeature.checksum | VirtioFeature.hostTSO4 | VirtioFeature.mergeableBuffers
    if receivesOffloads { wanted |= VirtioFeature.guestChecksum | VirtioFeature.guestTSO4 }
    var features = try device.begin(wanted: wanted)
    let needed = VirtioFeature.guestChecksum | VirtioFeature.mergeableBuffers
    if features & VirtioFeature.guestTSO4 != 0, features & needed != needed {
      // Large frames without several buffers for each would need 64 KiB for every one.
      features = try device.begin(wanted: wanted & ~VirtioFeature.guestTSO4)
    }
    guard features & VirtioFeature.macAddress != 0, device.deviceByteCount >= 8 else {
      throw .unsupported
    }
    let linkAddress = Self.readAddress(device.device)
    guard linkAddress.isUnicast else { throw .unsupported }
    let received = try device.makeQueue(0, limit: Self.receiveCount, memory: memory)
    let transmitted = try device.makeQueue(1, limit: Self.slotCount, memory: memory)
    let sendsMessages = sendsMessages && device.useFirstMessage(queueCount: 2)
    _ = try transmitted.setInterrupts(false)
    _ = try received.setInterrupts(false)
    let receiveMemory = try memory.require(
      byteCount: received.size * Self.receiveSize, alignment: 4096)
    let joined = try memory.require(byteCount: Self.longestFrame, alignment: 16)
    let stride = 16 + (features & VirtioFeature.hostTSO4 != 0 ? Self.segmentedLength : 2032)
    let slotMemory = try memory.require(byteCount: transmitted.size * stride, alignment: 16)
    slots = DMATransmitSlots(
      slotMemory, count: transmitted.size, headroom: Self.headerLength)
    self.sendsMessages = sendsMessages
    self.linkAddress = linkAddress
    self.device = device
    self.features = features
    mtu = Self.readMTU(device, features)
    self.received = received
    self.transmitted = transmitted
    self.receiveMemory = receiveMemory
    self.joined = joined
    device.finish()
    for buffer in 0..<self.received.size { offer(buffer) }
    device.publish(&self.received)
    readLink()
  }

  private static func readAddress(_ registers: Registers) -> MACAddress {
    var value: UInt64 = 0
    for offset in 0..<6 { value = value << 8 | UInt64(registers.read8(offset)) }
    return MACAddress(rawValue: value)
  }

  private static func readMTU(_ device: VirtioDevice<Registers>, _ features: UInt64) -> Int {
    guard features & VirtioFeature.mtu != 0, device.deviceByteCount >= 12 else { return 1500 }
    return min(1500, Int(device.device.read16(10)))
  }

  /// What the card can do, as it was settled with it.
  public var capabilities: DeviceCapabilities {
    var offloads: DeviceCapabilities.Offloads = []
    var longest = 0
    if features & VirtioFeature.checksum != 0 { offloads.insert(.transmitChecksum) }
    if features & VirtioFeature.guestChecksum != 0 { offloads.insert(.receiveChecksum) }
    if features & VirtioFeature.guestTSO4 != 0 { offloads.insert(.coalesceTCPv4) }
    if features & VirtioFeature.hostTSO4 != 0, offloads.contains(.transmitChecksum) {
      offloads.insert(.segmentTCPv4)
      longest = Self.segmentedLength
    }
    return DeviceCapabilities(
      medium: .ethernet, maximumTransmissionUnit: mtu, linkAddress: linkAddress,
      offloads: offloads, maximumSegmentedLength: longest, maximumBurst: transmitted.size)
  }

  /// What the card's interrupt handler calls.
  public var interrupt: VirtioInterrupt<Registers> {
    VirtioInterrupt(registers: device.interrupt, isMessage: sendsMessages)
  }

  // MARK: Rounds

  /// Starts a round: no interrupts from here on, and a look at the link.
  public mutating func service() {
    if case .dead = state { return }
    let status = device.common.read8(VirtioRegister.status)
    guard status != .max else { return fail(.gone) }
    guard status & VirtioStatus.needsReset == 0 else { return fail(.corruptRing) }
    attempt { card throws(CardFailure) in
      _ = try card.received.setInterrupts(false)
      _ = try card.transmitted.setInterrupts(false)
    }
    readLink()
    reclaim()
  }

  /// Ends polling: lets the card interrupt again. True when work arrived before it could.
  public mutating func rearm() -> Bool {
    if case .dead = state { return false }
    var hasWork = false
    attempt { card throws(CardFailure) in
      hasWork = try card.received.setInterrupts(true)
      if hasWork { _ = try card.received.setInterrupts(false) }
    }
    return hasWork
  }

  // MARK: Receiving

  /// Hands up to `budget` frames to `body`, oldest first, and returns how many there were.
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    var count = 0
    if case .dead = state { return 0 }
    attempt { card throws(CardFailure) in
      while count < budget, try card.receiveOne(body) { count += 1 }
    }
    if case .dead = state { return count }
    device.publish(&received)
    return count
  }

  /// Hands over one frame; false when there is none.
  private mutating func receiveOne(
    _ body: (RawSpan, FrameInfo) -> Void
  ) throws(CardFailure) -> Bool {
    let used = try received.usedCount()
    guard used > 0 else { return false }
    let (buffer, byteCount) = try received.takeUsed()
    defer { offer(buffer) }
    guard byteCount >= Self.headerLength, byteCount <= Self.receiveSize else {
      throw .corruptRing
    }
    let start = buffer * Self.receiveSize
    let length = byteCount - Self.headerLength
    let header = VirtioNetHeader(
      receiveMemory.bytes(at: start, count: VirtioNetHeader.length))
    let merged = features & VirtioFeature.mergeableBuffers != 0
    let count = merged ? Int(receiveMemory.load16(at: start + VirtioNetHeader.length)) : 1
    // The buffers of one frame are used together (virtio 1.2, 5.1.6.4).
    guard count >= 1, count <= used else { throw .corruptRing }
    guard count > 1 else {
      guard length >= 14, let info = header.frameInfo else {
        counters.receiveErrors += 1
        return true
      }
      counters.received += 1
      body(receiveMemory.bytes(at: start + Self.headerLength, count: length), info)
      return true
    }
    joined.copy(length, from: receiveMemory, at: start + Self.headerLength, to: 0)
    let whole = try join(count - 1, behind: length)
    guard whole <= Self.longestFrame, let info = header.frameInfo else {
      counters.receiveErrors += 1
      return true
    }
    counters.received += 1
    body(joined.bytes(at: 0, count: whole), info)
    return true
  }

  /// Puts the rest of a frame behind its first `length` bytes; returns how long it is. One that is
  /// too long is not kept, but its buffers are taken back.
  private mutating func join(_ count: Int, behind length: Int) throws(CardFailure) -> Int {
    var length = length
    for _ in 0..<count {
      let (buffer, byteCount) = try received.takeUsed()
      defer { offer(buffer) }
      guard byteCount <= Self.receiveSize else { throw .corruptRing }
      if length + byteCount <= Self.longestFrame {
        joined.copy(byteCount, from: receiveMemory, at: buffer * Self.receiveSize, to: length)
      }
      length += byteCount
    }
    return length
  }

  private mutating func offer(_ buffer: Int) {
    received.offer(
      buffer, at: receiveMemory.busAddress + UInt64(buffer * Self.receiveSize),
      byteCount: Self.receiveSize, isWritable: true)
  }

  // MARK: Sending

  /// Lends up to `count` transmit slots; `nil` when the card is full or dead.
  @_lifetime(&self)
  public mutating func reserve(_ count: Int) -> TransmitBatch? {
    if case .dead = state { return nil }
    reclaim()
    if outstanding == slots.count { awaitRoom() }
    // A batch's slots are neighbours.
    lent = min(count, slots.count - outstanding, slots.count - nextSlot)
    guard lent > 0 else { return nil }
    return slots.lend(from: nextSlot, count: lent)
  }

  /// The card is full: it is to interrupt when it is not.
  private mutating func awaitRoom() {
    var hasRoom = false
    attempt { card throws(CardFailure) in hasRoom = try card.transmitted.setInterrupts(true) }
    if hasRoom { reclaim() }
  }

  /// Sends the first `count` slots of the last reservation; the rest go back.
  public mutating func commit(_ count: Int) {
    if case .dead = state { return }
    for _ in 0..<min(count, lent) {
      let frame = slots.frame(at: nextSlot)
      var bytes = slots.bytes(at: nextSlot)
      VirtioNetHeader(frame.info).emit(into: &bytes)
      bytes.store(UInt16(0), at: VirtioNetHeader.length)
      transmitted.offer(
        nextSlot, at: slots.busAddress(at: nextSlot),
        byteCount: Self.headerLength + frame.length, isWritable: false)
      nextSlot = (nextSlot + 1) % slots.count
      outstanding += 1
      counters.transmitted += 1
      if stallDeadline == nil { stallDeadline = now + Self.patience }
    }
    lent = 0
    device.publish(&transmitted)
  }

  /// Takes back the slots that the card is done with. They are lent again in order, whatever the
  /// order in which it was done with them.
  private mutating func reclaim() {
    attempt { card throws(CardFailure) in
      for _ in 0..<(try card.transmitted.usedCount()) {
        let (slot, _) = try card.transmitted.takeUsed()
        card.isDone |= 1 << UInt32(slot)
      }
    }
    while outstanding > 0 {
      let oldest = (nextSlot + slots.count - outstanding) % slots.count
      guard isDone & 1 << UInt32(oldest) != 0 else { return }
      isDone &= ~(1 << UInt32(oldest))
      outstanding -= 1
      stallDeadline = outstanding == 0 ? nil : now + Self.patience
    }
  }

  // MARK: Time

  /// Notices a card that does not send.
  public mutating func advance(to now: Instant) {
    self.now = now
    guard let deadline = stallDeadline, now >= deadline else { return }
    reclaim()
    guard let deadline = stallDeadline, now >= deadline else { return }
    readLink()
    if state == .up {
      fail(.transmitStalled)
    } else {
      // Without a link it may hold what it has.
      stallDeadline = now + Self.patience
    }
  }

  /// When a card that has sent nothing by then counts as stalled.
  public var nextDeadline: Instant? { stallDeadline }

  // MARK: The card

  private mutating func readLink() {
    guard features & VirtioFeature.linkStatus != 0 else {
      state = .up
      return
    }
    let new: CardState = device.device.read16(6) & 1 != 0 ? .up : .noLink
    if state != new { counters.linkChanges += 1 }
    state = new
  }

  /// Does what may find that the card lies, which ends it.
  private mutating func attempt(_ body: (inout Self) throws(CardFailure) -> Void) {
    do throws(CardFailure) { try body(&self) } catch { fail(error) }
  }

  private mutating func fail(_ failure: CardFailure) {
    if case .dead = state { return }
    state = .dead(failure)
    stallDeadline = nil
    device.stop()
  }
}

/// What a virtio card's interrupt handler touches.
public struct VirtioInterrupt<Registers: DeviceRegisters>: CardInterrupt {
  private let registers: Registers
  private let isMessage: Bool

  init(registers: Registers, isMessage: Bool) {
    self.registers = registers
    self.isMessage = isMessage
  }

  /// Reads the status, which ends the request; false when there was none. A message has a cause
  /// and needs no end. The softIRQ turns the queues' interrupts off.
  public func acknowledge() -> Bool { isMessage || registers.read8(0) & 3 != 0 }
}

extension VirtioInterrupt: Sendable where Registers: Sendable {}
