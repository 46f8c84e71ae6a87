/// The registers of the RTL8139 that its driver uses (Realtek's datasheet, section 5).
enum RTL8139Register {
  static let address = 0x00
  static let multicastFilter = 0x08
  static let transmitStatus = 0x10
  static let transmitStart = 0x20
  static let receiveStart = 0x30
  static let command = 0x37
  static let readPointer = 0x38
  static let interruptMask = 0x3C
  static let interruptStatus = 0x3E
  static let transmitConfiguration = 0x40
  static let receiveConfiguration = 0x44
  static let missed = 0x4C
  static let configuration1 = 0x52
  static let mediaStatus = 0x58
}

/// Bits of the command register.
enum RTL8139Command {
  static let bufferEmpty: UInt8 = 1 << 0
  static let transmit: UInt8 = 1 << 2
  static let receive: UInt8 = 1 << 3
  static let reset: UInt8 = 1 << 4
}

/// Bits of the interrupt registers.
enum RTL8139Event {
  static let received: UInt16 = 1 << 0
  static let receiveError: UInt16 = 1 << 1
  static let transmitted: UInt16 = 1 << 2
  static let transmitError: UInt16 = 1 << 3
  static let ringOverflow: UInt16 = 1 << 4
  static let linkChange: UInt16 = 1 << 5
  static let fifoOverflow: UInt16 = 1 << 6
  static let systemError: UInt16 = 1 << 15
  static let all: UInt16 = 0x807F
}

/// Bits of a transmit status register.
enum RTL8139TransmitStatus {
  static let underrun: UInt32 = 1 << 14
  static let ok: UInt32 = 1 << 15
  static let outOfWindow: UInt32 = 1 << 29
  static let aborted: UInt32 = 1 << 30
}
