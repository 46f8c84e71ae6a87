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

/// A function that interrupts by messages.
struct MessageSource {
  private let function: PCIFunction
  private let table: PCIMessageTable
  private let registers: MappedRegisters

  /// Switches a function to messages, all of them masked; `nil` where it has none or nobody could
  /// take them.
  init?(_ function: PCIFunction) {
    let bus = PCIPorts()
    guard Interrupts.takesMessages, let table = PCIMessageTable(of: function, in: bus),
      case .memory(let address, let byteCount)? = function.region(table.region, in: bus),
      UInt64(table.byteCount) <= byteCount, table.offset <= byteCount - UInt64(table.byteCount)
    else { return nil }
    PageTables.mapRegisters(at: address, count: Int(byteCount))
    self.function = function
    self.table = table
    registers = MappedRegisters(base: UInt(address + table.offset))
    table.enable(function, in: bus)
  }

  /// Lets the first message through to `handler`; false when there is no vector for it.
  func listen(_ handler: @escaping () -> Void) -> Bool {
    guard let message = Interrupts.listenForMessages(handler) else { return false }
    table.setFirst(address: message.address, data: message.data, in: registers)
    return true
  }

  /// Goes back to the line.
  func disable() { table.disable(function, in: PCIPorts()) }
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
