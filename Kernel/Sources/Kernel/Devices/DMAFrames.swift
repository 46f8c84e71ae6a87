import CPlatform
import MartletDrivers

/// Memory for cards: runs of frames, whose address is also the one by which a card knows them.
struct DMAFrames: DMAAllocator {
  func allocate(byteCount: Int, alignment: Int) -> DMAMemory? {
    let size = FrameAllocator.frameSize
    let count = (byteCount + size - 1) / size
    guard alignment <= size,
      let address = withInterruptsMasked({ FrameAllocator.shared.allocate(count) }),
      let base = unsafe UnsafeMutableRawPointer(bitPattern: address)
    else { return nil }
    for offset in stride(from: address, to: address + UInt(count * size), by: 8) {
      mmio_write64(offset, 0)
    }
    return unsafe DMAMemory(
      base: base, busAddress: UInt64(address), byteCount: byteCount)
  }
}
