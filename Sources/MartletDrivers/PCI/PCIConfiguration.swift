/// Access to the configuration words of the PCI functions.
public protocol PCIConfiguration {
  /// Reads the aligned word at `offset` (0 to 252); all ones where there is no function.
  func read(_ address: PCIAddress, _ offset: Int) -> UInt32
  /// Writes the aligned word at `offset`.
  func write(_ value: UInt32, _ address: PCIAddress, _ offset: Int)
}

/// Where a PCI function sits.
public struct PCIAddress: Equatable, Sendable, BitwiseCopyable {
  /// 0 to 255.
  public var bus: UInt8
  /// 0 to 31.
  public var device: UInt8
  /// 0 to 7.
  public var function: UInt8

  /// Names a function.
  public init(bus: UInt8, device: UInt8, function: UInt8) {
    self.bus = bus
    self.device = device
    self.function = function
  }
}
