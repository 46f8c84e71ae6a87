@testable import MartletDrivers

/// An RTL8139 at the level of its registers, which misbehaves when it is told to.
final class RTL8139Model: DeviceRegisters {
  let memory = TestDMA()
  /// The frames it has put on the wire.
  private(set) var sent: [[UInt8]] = []
  /// How many resets it has seen.
  private(set) var resets = 0

  // Faults.
  var isGone = false
  var holdsTransmissions = false
  var abortsTransmissions = false
  var resetNeverEnds = false
  var hasLink = true {
    didSet { if hasLink != oldValue { status |= RTL8139Event.linkChange } }
  }
  var address: [UInt8] = [0x52, 0x54, 0, 0x12, 0x34, 0x56]

  private var command: UInt8 = 0
  private(set) var mask: UInt16 = 0
  private(set) var status: UInt16 = 0
  private var ringAddress: UInt64 = 0
  private var writeOffset = 0
  private var capr: UInt16 = 0xFFF0
  private var missed: UInt32 = 0
  private var transmitStatus = [UInt32](repeating: 1 << 13, count: 4)
  private var transmitAddress = [UInt32](repeating: 0, count: 4)
  private let ringSize = 32 << 10

  /// Whether its interrupt line is raised.
  var isInterrupting: Bool { status & mask != 0 }

  private var readOffset: Int { (Int(capr) + 16) % ringSize }

  // MARK: The wire's side

  /// A frame arrives. It needs its own bytes, the header and the FCS.
  func deliver(_ frame: [UInt8]) {
    guard command & RTL8139Command.receive != 0 else { return }
    let needed = (frame.count + 8 + 3) & ~3
    let used = (writeOffset - readOffset + ringSize) % ringSize
    guard needed < ringSize - used else {
      status |= RTL8139Event.ringOverflow
      missed += 1
      return
    }
    deliver(header: 1 | UInt32(frame.count + 4) << 16, frame + [0xDE, 0xAD, 0xBE, 0xEF])
    status |= RTL8139Event.received
  }

  /// Puts bytes into the ring with any header: a card that is broken.
  func deliver(header: UInt32, _ bytes: [UInt8]) {
    memory.write(little(UInt64(header), 4) + bytes, at: ringAddress + UInt64(writeOffset))
    writeOffset = ((writeOffset + 4 + bytes.count + 3) & ~3) % ringSize
  }

  /// Lets held transmissions go.
  func release() {
    holdsTransmissions = false
    for slot in 0..<4 where transmitStatus[slot] & 1 << 13 == 0 { transmit(slot) }
  }

  private func transmit(_ slot: Int) {
    if holdsTransmissions { return }
    if abortsTransmissions {
      transmitStatus[slot] |= RTL8139TransmitStatus.aborted | 1 << 13
      status |= RTL8139Event.transmitError
      return
    }
    let length = Int(transmitStatus[slot] & 0x1FFF)
    sent.append(memory.read(UInt64(transmitAddress[slot]), count: length))
    transmitStatus[slot] |= RTL8139TransmitStatus.ok | 1 << 13
    status |= RTL8139Event.transmitted
  }

  // MARK: The driver's side

  func read8(_ offset: Int) -> UInt8 {
    if isGone { return .max }
    switch offset {
    case RTL8139Register.command:
      let empty = writeOffset == readOffset ? RTL8139Command.bufferEmpty : 0
      return command | empty | (resetNeverEnds ? RTL8139Command.reset : 0)
    case RTL8139Register.mediaStatus: return hasLink ? 0 : 1 << 2
    default: return 0
    }
  }

  func read16(_ offset: Int) -> UInt16 {
    if isGone { return .max }
    switch offset {
    case RTL8139Register.interruptMask: return mask
    case RTL8139Register.interruptStatus: return status
    default: return 0
    }
  }

  func read32(_ offset: Int) -> UInt32 {
    if isGone { return .max }
    switch offset {
    case 0: return address[0..<4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    case 4: return UInt32(address[5]) << 8 | UInt32(address[4])
    case RTL8139Register.missed: return missed
    case RTL8139Register.transmitStatus..<RTL8139Register.transmitStart:
      return transmitStatus[(offset - RTL8139Register.transmitStatus) / 4]
    default: return 0
    }
  }

  func write8(_ value: UInt8, at offset: Int) {
    guard offset == RTL8139Register.command else { return }
    command = value & ~RTL8139Command.reset
    if value & RTL8139Command.reset != 0 {
      resets += 1
      (mask, status, capr, writeOffset) = (0, 0, 0xFFF0, 0)
      transmitStatus = [UInt32](repeating: 1 << 13, count: 4)
    }
  }

  func write16(_ value: UInt16, at offset: Int) {
    switch offset {
    case RTL8139Register.interruptMask: mask = value
    case RTL8139Register.interruptStatus: status &= ~value
    case RTL8139Register.readPointer: capr = value
    default: break
    }
  }

  func write32(_ value: UInt32, at offset: Int) {
    switch offset {
    case RTL8139Register.receiveStart: ringAddress = UInt64(value)
    case RTL8139Register.missed: missed = 0
    case RTL8139Register.transmitStatus..<RTL8139Register.transmitStart:
      let slot = (offset - RTL8139Register.transmitStatus) / 4
      transmitStatus[slot] = value & 0x1FFF
      transmit(slot)
    case RTL8139Register.transmitStart..<RTL8139Register.receiveStart:
      transmitAddress[(offset - RTL8139Register.transmitStart) / 4] = value
    default: break
    }
  }
}
