/// Where a virtio device on the PCI bus has its registers (virtio 1.2, 4.1.4).
public struct VirtioLayout: Equatable, Sendable {
  /// A block of registers: a base address register, an offset in what it points to, a length.
  public struct Block: Equatable, Sendable {
    /// 0 to 5.
    public let region: Int
    /// In bytes.
    public let offset: UInt64
    /// In bytes.
    public let byteCount: UInt64
  }

  /// The registers that all virtio devices have.
  public let common: Block
  /// Where queues are notified.
  public let notify: Block
  /// The interrupt status.
  public let interrupt: Block
  /// The registers of this kind of device.
  public let device: Block
  /// The bytes from one queue's notification register to the next.
  public let notifyMultiplier: UInt32

  /// Reads a function's capabilities; throws `unsupported` for a device without those of virtio 1,
  /// or whose blocks are too small for what they hold.
  public init(
    of function: PCIFunction, in configuration: some PCIConfiguration
  ) throws(CardFailure) {
    var blocks = InlineArray<5, Block?>(repeating: nil)
    var multiplier: UInt32 = 0
    for capability in function.capabilities(9, in: configuration) where capability <= 240 {
      let head = configuration.read(function.address, capability)
      let kind = Int(head >> 24)
      guard kind >= 1, kind <= 4, blocks[kind] == nil else { continue }
      let region = Int(configuration.read(function.address, capability + 4) & 0xFF)
      guard region < 6 else { continue }
      blocks[kind] = Block(
        region: region,
        offset: UInt64(configuration.read(function.address, capability + 8)),
        byteCount: UInt64(configuration.read(function.address, capability + 12)))
      if kind == 2, capability <= 236 {
        multiplier = configuration.read(function.address, capability + 16)
      }
    }
    guard let common = blocks[1], let notify = blocks[2], let interrupt = blocks[3],
      common.byteCount >= 56, notify.byteCount >= 2, interrupt.byteCount >= 1
    else { throw .unsupported }
    self.common = common
    self.notify = notify
    self.interrupt = interrupt
    // A device without registers of its own (an entropy source) has no such block.
    device = blocks[4] ?? Block(region: common.region, offset: common.offset, byteCount: 0)
    notifyMultiplier = multiplier
  }
}
