/// A virtio entropy device (virtio 1.2, 5.4): random bytes from the host.
public enum VirtioEntropy {
  /// Vendor and device, transitional and modern.
  public static var identifiers: [UInt32] { [0x1005_1AF4, 0x1044_1AF4] }

  /// Asks the device for 32 bytes and hands each word of what it gives to `body`. Throws
  /// `transmitStalled` when it gives nothing.
  public static func read<Registers: DeviceRegisters>(
    _ device: VirtioDevice<Registers>, memory: some DMAAllocator, _ body: (UInt64) -> Void
  ) throws(CardFailure) {
    _ = try device.begin(wanted: 0)
    var queue = try device.makeQueue(0, limit: 2, memory: memory)
    let buffer = try memory.require(byteCount: 32, alignment: 16)
    device.finish()
    queue.offer(0, at: buffer.busAddress, byteCount: 32, isWritable: true)
    device.publish(&queue)
    defer { device.stop() }
    var patience = 10_000_000
    while try queue.usedCount() == 0 {
      patience -= 1
      if patience == 0 { throw .transmitStalled }
    }
    let (_, byteCount) = try queue.takeUsed()
    guard byteCount <= 32 else { throw .corruptRing }
    for offset in stride(from: 0, to: byteCount & ~7, by: 8) {
      body(UInt64(buffer.load32(at: offset)) << 32 | UInt64(buffer.load32(at: offset + 4)))
    }
  }
}
