import CPlatform
import MartletDrivers

/// The PCI configuration words through the two ports that every PC has (PCI Local Bus 3.0, 3.2.2.3).
struct PCIPorts: PCIConfiguration {
  private static let address: UInt16 = 0xCF8
  private static let data: UInt16 = 0xCFC

  func read(_ function: PCIAddress, _ offset: Int) -> UInt32 {
    withInterruptsMasked {
      port_write32(Self.address, Self.word(function, offset))
      return port_read32(Self.data)
    }
  }

  func write(_ value: UInt32, _ function: PCIAddress, _ offset: Int) {
    withInterruptsMasked {
      port_write32(Self.address, Self.word(function, offset))
      port_write32(Self.data, value)
    }
  }

  private static func word(_ function: PCIAddress, _ offset: Int) -> UInt32 {
    let device = UInt32(function.device & 31) << 11 | UInt32(function.function & 7) << 8
    return 1 << 31 | UInt32(function.bus) << 16 | device | UInt32(offset & 0xFC)
  }
}
