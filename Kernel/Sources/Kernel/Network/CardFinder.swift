import MartletDevice
import MartletDrivers

/// The walk over the PCI bus for devices that a driver knows.
enum CardFinder {
  /// Calls `body` with each function that has one of these identifiers, switched on.
  static func forEach(_ identifiers: [UInt32], _ body: (PCIFunction) -> Void) {
    let bus = PCIPorts()
    PCIBus.forEachFunction(in: bus) { function in
      guard identifiers.contains(function.identifier) else { return }
      function.enable(in: bus)
      body(function)
    }
  }

  /// The registers behind the first base address, which must be ports.
  static func ports(of function: PCIFunction) throws(CardFailure) -> PortRegisters {
    guard case .ports(let first, let count)? = function.region(0, in: PCIPorts()), count >= 256
    else { throw .unsupported }
    return PortRegisters(first: first)
  }

  /// A virtio device's registers, mapped.
  static func virtio(
    of function: PCIFunction
  ) throws(CardFailure) -> VirtioDevice<MappedRegisters> {
    let layout = try VirtioLayout(of: function, in: PCIPorts())
    return try VirtioDevice(layout) { block throws(CardFailure) in
      guard
        case .memory(let address, let byteCount)? = function.region(block.region, in: PCIPorts()),
        block.offset <= byteCount, block.byteCount <= byteCount - block.offset
      else { throw .unsupported }
      PageTables.mapRegisters(at: address, count: Int(byteCount))
      return MappedRegisters(base: UInt(address + block.offset))
    }
  }
}

extension LogLine.Interpolation {
  /// As `lspci` writes it.
  mutating func appendInterpolation(_ address: PCIAddress) {
    appendInterpolation(hex: address.bus, width: 2)
    appendLiteral(":")
    appendInterpolation(hex: address.device, width: 2)
    appendLiteral(".")
    appendInterpolation(address.function)
  }
}
