public import MartletDevice
import MartletWire

/// A Realtek RTL8139: one receive ring in memory, four transmit buffers, no offload.
///
/// The card writes each frame behind the last, a 4-byte header before it, and the driver tells it
/// by CAPR how far it has read. With the WRAP bit a frame that reaches the ring's end goes on behind
/// it instead of being split, so that every frame can be lent as one span.
public struct RTL8139<Registers: DeviceRegisters>: NetworkCard, ~Copyable {
  /// Vendor and device of the cards it drives, as in their first configuration word.
  public static var identifiers: [UInt32] { [0x8139_10EC, 0x8138_10EC, 0x1300_1186] }

  /// The ring the card counts in; RBLEN selects it.
  static var ringSize: Int { 32 << 10 }
  /// What a frame that begins in the ring's last bytes may need behind it, and what the card
  /// may overrun.
  static var ringSlack: Int { 16 + 2048 }
  static var slotCount: Int { 4 }
  static var slotSize: Int { 2048 }
  /// An Ethernet frame with a VLAN tag and its FCS.
  static var longestFrame: Int { 1522 }
  static var shortestFrame: Int { 60 }
  /// How long a card with a link may sit on a frame: a 10 Mb/s link needs 1.2 ms for the longest.
  static var patience: Interval { .seconds(5) }

  private let registers: Registers
  private let ring: DMAMemory
  private var slots: DMATransmitSlots
  private let linkAddress: MACAddress

  /// Where the next frame's header lies in the ring.
  private var readOffset = 0
  /// The next slot to be lent, how many are with the card, and how many the last batch lent.
  private var nextSlot = 0
  private var outstanding = 0
  private var lent = 0
  private var now = Instant.zero
  /// When the oldest slot that is with the card counts as stuck.
  private var stallDeadline: Instant?

  /// Whether it works.
  public private(set) var state = CardState.noLink
  /// What it has counted.
  public private(set) var counters = CardCounters()

  /// Resets the card and starts it; its interrupts stay off until `rearm`.
  public init(
    registers: Registers, memory: some DMAAllocator
  ) throws(CardFailure) {
    guard registers.read32(RTL8139Register.address) != .max else { throw .gone }
    // The registers are little-endian, an address is sent from its first byte on.
    let low = registers.read32(RTL8139Register.address).byteSwapped
    let high = registers.read32(RTL8139Register.address + 4).byteSwapped
    let linkAddress = MACAddress(rawValue: UInt64(low) << 16 | UInt64(high >> 16))
    guard linkAddress.isUnicast else { throw .unsupported }
    let ring = try memory.require(byteCount: Self.ringSize + Self.ringSlack, alignment: 256)
    let buffers = try memory.require(byteCount: Self.slotCount * Self.slotSize, alignment: 4)
    guard Self.start(registers, ring: ring.busAddress, buffers: buffers.busAddress) else {
      throw .resetStalled
    }
    self.registers = registers
    self.linkAddress = linkAddress
    self.ring = ring
    self.slots = DMATransmitSlots(buffers, count: Self.slotCount, headroom: 0)
    readLink()
  }

  /// What the card can do: nothing on anybody's behalf.
  public var capabilities: DeviceCapabilities {
    DeviceCapabilities(
      medium: .ethernet, maximumTransmissionUnit: 1500, linkAddress: linkAddress,
      maximumBurst: Self.slotCount)
  }

  /// What the card's interrupt handler calls.
  public var interrupt: RTL8139Interrupt<Registers> { RTL8139Interrupt(registers: registers) }

  // MARK: Rounds

  /// Starts a round: takes note of what the card signalled and recovers from it.
  public mutating func service() {
    if case .dead = state { return }
    let events = registers.read16(RTL8139Register.interruptStatus)
    guard events != .max else { return fail(.gone) }
    // Acknowledged before the ring is looked at: what arrives behind our back signals again.
    registers.write16(events, at: RTL8139Register.interruptStatus)
    if events & (RTL8139Event.ringOverflow | RTL8139Event.fifoOverflow) != 0 {
      counters.overflows += 1
    }
    if events & RTL8139Event.systemError != 0 {
      recover()
    }
    if events & RTL8139Event.linkChange != 0 {
      counters.linkChanges += 1
      readLink()
    }
    countMissed()
    reclaim()
  }

  /// Ends polling: lets the card interrupt again. True when work arrived before it could.
  public mutating func rearm() -> Bool {
    if case .dead = state { return false }
    registers.write16(RTL8139Event.all, at: RTL8139Register.interruptMask)
    guard registers.read16(RTL8139Register.interruptStatus) & RTL8139Event.all != 0 else {
      return false
    }
    registers.write16(0, at: RTL8139Register.interruptMask)
    return true
  }

  // MARK: Receiving

  /// Hands up to `budget` frames to `body`, oldest first, and returns how many there were.
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    var count = 0
    while count < budget, state == .up || state == .noLink {
      let command = registers.read8(RTL8139Register.command)
      guard command != .max else {
        fail(.gone)
        break
      }
      guard command & RTL8139Command.bufferEmpty == 0 else { break }
      let header = ring.load32(at: readOffset)
      let status = UInt16(truncatingIfNeeded: header)
      let length = Int(header >> 16)
      // The card writes this length first and the true one when the frame is whole.
      if length == 0xFFF0 { break }
      guard status & 1 != 0, length >= 4 + 14, length <= Self.longestFrame else {
        // After a bad header nobody knows where the next one lies.
        recover()
        break
      }
      body(ring.bytes(at: readOffset + 4, count: length - 4), FrameInfo())
      count += 1
      counters.received += 1
      readOffset = ((readOffset + 4 + length + 3) & ~3) % Self.ringSize
      // The card takes CAPR to be 16 bytes behind what has been read.
      registers.write16(
        UInt16(truncatingIfNeeded: readOffset - 16), at: RTL8139Register.readPointer)
    }
    return count
  }

  /// Starts the card afresh: what lies in the ring is lost, and counted once.
  private mutating func recover() {
    counters.receiveErrors += 1
    counters.resets += 1
    readOffset = 0
    (nextSlot, outstanding, lent, stallDeadline) = (0, 0, 0, nil)
    let buffers = slots.busAddress(at: 0)
    if !Self.start(registers, ring: ring.busAddress, buffers: buffers) { fail(.resetStalled) }
  }

  /// The card's own count of frames it had no room for: 24 bits, cleared by writing.
  private mutating func countMissed() {
    let missed = registers.read32(RTL8139Register.missed) & 0xFF_FFFF
    guard missed != 0 else { return }
    counters.missed += UInt64(missed)
    registers.write32(0, at: RTL8139Register.missed)
  }

  // MARK: Sending

  /// Lends up to `count` transmit slots; `nil` when the card is full or dead.
  @_lifetime(&self)
  public mutating func reserve(_ count: Int) -> TransmitBatch? {
    if case .dead = state { return nil }
    reclaim()
    // The card takes its four descriptors in turn, and a batch's slots are neighbours.
    lent = min(count, Self.slotCount - outstanding, Self.slotCount - nextSlot)
    guard lent > 0 else { return nil }
    return slots.lend(from: nextSlot, count: lent)
  }

  /// Sends the first `count` slots of the last reservation; the rest go back.
  public mutating func commit(_ count: Int) {
    if case .dead = state { return }
    for _ in 0..<min(count, lent) {
      var length = min(slots.frame(at: nextSlot).length, Self.longestFrame - 4)
      if length < Self.shortestFrame { length = pad(nextSlot, from: length) }
      // Writing the length hands the slot over. The bits above it, zero, are the FIFO threshold:
      // send from the eighth byte on.
      registers.write32(
        UInt32(truncatingIfNeeded: length), at: RTL8139Register.transmitStatus + 4 * nextSlot)
      nextSlot = (nextSlot + 1) % Self.slotCount
      outstanding += 1
      counters.transmitted += 1
      if stallDeadline == nil { stallDeadline = now + Self.patience }
    }
    lent = 0
  }

  /// The card does not pad; zeros, so that no older frame's bytes leave the machine.
  private mutating func pad(_ slot: Int, from length: Int) -> Int {
    var bytes = slots.bytes(at: slot)
    for offset in length..<Self.shortestFrame {
      bytes.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
    }
    return Self.shortestFrame
  }

  /// Takes back the slots that the card is done with, in the order in which it got them.
  private mutating func reclaim() {
    while outstanding > 0 {
      let slot = (nextSlot + Self.slotCount - outstanding) % Self.slotCount
      let status = registers.read32(RTL8139Register.transmitStatus + 4 * slot)
      guard status != .max else { return fail(.gone) }
      let failures = RTL8139TransmitStatus.aborted | RTL8139TransmitStatus.outOfWindow
      let done = RTL8139TransmitStatus.ok | RTL8139TransmitStatus.underrun | failures
      guard status & done != 0 else { return }
      if status & failures != 0 {
        counters.transmitErrors += 1
        // An abort stops the transmitter until it is cleared.
        registers.write32(
          Self.transmitConfiguration | 1, at: RTL8139Register.transmitConfiguration)
      }
      outstanding -= 1
      stallDeadline = outstanding == 0 ? nil : now + Self.patience
    }
  }

  // MARK: Time

  /// Notices a transmitter that does not move.
  public mutating func advance(to now: Instant) {
    self.now = now
    guard let deadline = stallDeadline, now >= deadline else { return }
    reclaim()
    guard let deadline = stallDeadline, now >= deadline else { return }
    readLink()
    // Without a link a card may hold its frames: they are old by now, so it gets a fresh start.
    if state == .up {
      fail(.transmitStalled)
    } else if state == .noLink {
      counters.transmitErrors += UInt64(outstanding)
      recover()
    }
  }

  /// When a transmitter that has not moved by then counts as stalled.
  public var nextDeadline: Instant? { stallDeadline }

  // MARK: The card

  /// Unlimited DMA bursts, the standard gap between frames.
  private static var transmitConfiguration: UInt32 { 3 << 24 | 7 << 8 }
  /// No FIFO threshold, 32 KiB, unlimited bursts, WRAP; broadcast, multicast and our address.
  private static var receiveConfiguration: UInt32 {
    7 << 13 | 2 << 11 | 7 << 8 | 1 << 7 | 1 << 3 | 1 << 2 | 1 << 1
  }

  /// Resets the card and starts both directions; false when the reset does not end.
  private static func start(_ registers: Registers, ring: UInt64, buffers: UInt64) -> Bool {
    registers.write8(0, at: RTL8139Register.configuration1)
    registers.write8(RTL8139Command.reset, at: RTL8139Register.command)
    var patience = 100_000
    while registers.read8(RTL8139Register.command) & RTL8139Command.reset != 0 {
      patience -= 1
      if patience == 0 { return false }
    }
    registers.write16(0, at: RTL8139Register.interruptMask)
    registers.write32(UInt32(truncatingIfNeeded: ring), at: RTL8139Register.receiveStart)
    for slot in 0..<slotCount {
      let buffer = UInt32(truncatingIfNeeded: buffers) + UInt32(slot * slotSize)
      registers.write32(buffer, at: RTL8139Register.transmitStart + 4 * slot)
    }
    registers.write8(
      RTL8139Command.receive | RTL8139Command.transmit, at: RTL8139Register.command)
    registers.write32(transmitConfiguration, at: RTL8139Register.transmitConfiguration)
    registers.write32(receiveConfiguration, at: RTL8139Register.receiveConfiguration)
    registers.write32(.max, at: RTL8139Register.multicastFilter)
    registers.write32(.max, at: RTL8139Register.multicastFilter + 4)
    registers.write16(UInt16(bitPattern: -16), at: RTL8139Register.readPointer)
    registers.write32(0, at: RTL8139Register.missed)
    return true
  }

  private mutating func readLink() {
    let media = registers.read8(RTL8139Register.mediaStatus)
    guard media != .max else { return fail(.gone) }
    // LINKB is set when there is none.
    state = media & 1 << 2 == 0 ? .up : .noLink
  }

  private mutating func fail(_ failure: CardFailure) {
    if case .dead = state { return }
    state = .dead(failure)
    stallDeadline = nil
    registers.write16(0, at: RTL8139Register.interruptMask)
    registers.write8(0, at: RTL8139Register.command)
  }
}

/// What an RTL8139's interrupt handler touches.
public struct RTL8139Interrupt<Registers: DeviceRegisters>: CardInterrupt {
  private let registers: Registers

  init(registers: Registers) { self.registers = registers }

  /// Turns the card's interrupts off; false when it had not asked for one.
  public func acknowledge() -> Bool {
    let mask = registers.read16(RTL8139Register.interruptMask)
    guard registers.read16(RTL8139Register.interruptStatus) & mask != 0 else { return false }
    registers.write16(0, at: RTL8139Register.interruptMask)
    return true
  }
}

extension RTL8139Interrupt: Sendable where Registers: Sendable {}
