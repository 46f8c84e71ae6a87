import MartletDevice
import MartletDrivers

/// The walk over the PCI bus for cards that a driver knows.
enum CardFinder {
  /// Calls `body` with each of them, switched on.
  static func forEachCard(_ body: (PCIFunction) -> Void) {
    let bus = PCIPorts()
    PCIBus.forEachFunction(in: bus) { function in
      guard RTL8139<PortRegisters>.identifiers.contains(function.identifier) else { return }
      function.enable(in: bus)
      body(function)
    }
  }

  /// The registers behind the first base address.
  static func ports(of function: PCIFunction) throws(CardFailure) -> PortRegisters {
    guard case .ports(let first, let count)? = function.region(0, in: PCIPorts()), count >= 256
    else { throw .unsupported }
    return PortRegisters(first: first)
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
