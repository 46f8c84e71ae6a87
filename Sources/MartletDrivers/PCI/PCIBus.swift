/// The walk over everything that is on the PCI bus.
public enum PCIBus {
  /// Calls `body` with each function: bus 0, and behind each bridge the bus it leads to.
  ///
  /// A bridge that leads to a bus already walked (a loop, or firmware that has not numbered it)
  /// leads nowhere.
  public static func forEachFunction(
    in configuration: some PCIConfiguration, _ body: (PCIFunction) -> Void
  ) {
    var pending = BusSet()
    var walked = BusSet()
    pending.insert(0)
    while let bus = pending.popFirst() {
      walked.insert(bus)
      walk(bus, in: configuration) { function in
        body(function)
        if let next = function.secondaryBus(in: configuration), !walked.contains(next) {
          pending.insert(next)
        }
      }
    }
  }

  private static func walk(
    _ bus: UInt8, in configuration: some PCIConfiguration, _ body: (PCIFunction) -> Void
  ) {
    for device in 0..<UInt8(32) {
      for number in 0..<UInt8(8) {
        let address = PCIAddress(bus: bus, device: device, function: number)
        guard let function = PCIFunction(at: address, in: configuration) else {
          // A device has function 0 or none.
          if number == 0 { break }
          continue
        }
        body(function)
        if number == 0 && !function.hasSiblings { break }
      }
    }
  }

  /// A set of bus numbers.
  private struct BusSet {
    private var bits = InlineArray<4, UInt64>(repeating: 0)

    func contains(_ bus: UInt8) -> Bool { bits[Int(bus >> 6)] & 1 << UInt64(bus & 63) != 0 }
    mutating func insert(_ bus: UInt8) { bits[Int(bus >> 6)] |= 1 << UInt64(bus & 63) }

    mutating func popFirst() -> UInt8? {
      for index in bits.indices where bits[index] != 0 {
        let bit = bits[index].trailingZeroBitCount
        bits[index] &= bits[index] - 1
        return UInt8(truncatingIfNeeded: index * 64 + bit)
      }
      return nil
    }
  }
}
