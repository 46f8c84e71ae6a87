import MartletDevice
import MartletWire

@testable import MartletDrivers

/// Memory that a driver shares with a model of its card, which reaches it by bus address.
@safe
final class TestDMA: DMAAllocator {
  private var blocks: [(bus: UInt64, bytes: UnsafeMutableRawBufferPointer)] = unsafe []
  private var nextAddress: UInt64 = 0x10_0000
  /// How many more allocations succeed.
  var allowance = Int.max

  deinit {
    for index in unsafe blocks.indices { unsafe blocks[index].bytes.deallocate() }
  }

  func allocate(byteCount: Int, alignment: Int) -> DMAMemory? {
    guard allowance > 0 else { return nil }
    allowance -= 1
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 4096)
    unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
    unsafe blocks.append((nextAddress, bytes))
    guard let base = bytes.baseAddress else { return nil }
    defer { nextAddress += UInt64(byteCount + 8191) & ~4095 }
    return unsafe DMAMemory(base: base, busAddress: nextAddress, byteCount: byteCount)
  }

  /// The card's view: what lies outside reads as zeros and swallows writes.
  func read(_ address: UInt64, count: Int) -> [UInt8] {
    (0..<count).map { index in
      guard let byte = unsafe pointer(address + UInt64(index)) else { return 0 }
      return unsafe byte.load(as: UInt8.self)
    }
  }

  func write(_ bytes: [UInt8], at address: UInt64) {
    for (index, byte) in bytes.enumerated() {
      unsafe pointer(address + UInt64(index))?.storeBytes(of: byte, as: UInt8.self)
    }
  }

  func readLittle(_ address: UInt64, _ count: Int) -> UInt64 {
    read(address, count: count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func pointer(_ address: UInt64) -> UnsafeMutableRawPointer? {
    for index in unsafe blocks.indices {
      let (bus, bytes) = unsafe blocks[index]
      if address >= bus, address - bus < UInt64(bytes.count) {
        return unsafe bytes.baseAddress.map { unsafe $0 + Int(address - bus) }
      }
    }
    return nil
  }
}

extension NetworkCard where Self: ~Copyable {
  /// Sends one frame; false when the card has no room.
  mutating func send(_ frame: [UInt8], info: FrameInfo = FrameInfo()) -> Bool {
    let lent: Bool
    if var batch = reserve(1) {
      var slot = batch.nextSlot
      for (offset, byte) in frame.enumerated() {
        slot.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
      }
      batch.append(length: frame.count, info: info)
      lent = true
    } else {
      lent = false
    }
    commit(lent ? 1 : 0)
    return lent
  }

  /// Everything that has arrived, up to `budget` frames.
  mutating func receiveAll(budget: Int = .max) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    _ = receive(budget: budget) { bytes, _ in
      frames.append((0..<bytes.byteCount).map { bytes.load(at: $0) })
    }
    return frames
  }
}
