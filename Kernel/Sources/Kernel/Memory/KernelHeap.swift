import CPlatform

/// The heap behind Swift's classes and arrays: `posix_memalign` and `free` (runtime.c) end here.
///
/// Small blocks come from pages that hold one size each, so that a block's page knows its size;
/// larger ones are runs of frames. A block inside a page never lies on a page's border, a run
/// always does: the address tells `free` which it is. The packet path allocates nothing, so this is
/// built to be small and exact, not to be fast.
struct KernelHeap {
  /// The bytes in front of a page's blocks: the next page of this size, the first free block, and
  /// how many are in use.
  private static let headerSize: UInt = 32
  private static let smallest: UInt = 16
  private static let classCount = 8

  /// Guarded by `withInterruptsMasked`.
  @safe nonisolated(unsafe) static var shared = KernelHeap()

  /// The first page of each size that has a free block; 0 for none.
  private var pages = InlineArray<8, UInt>(repeating: 0)
  /// Blocks that are in use.
  private(set) var blockCount = 0

  mutating func allocate(_ count: Int, alignment: Int) -> UInt {
    guard count >= 0, count < 1 << 31 else { return 0 }
    let needed = UInt(max(count, alignment, 1))
    guard let index = Self.sizeClass(of: needed), alignment <= 16 else {
      guard alignment <= 4096 else { return 0 }
      let frames = (Int(needed) + 4095) / 4096
      guard let run = FrameAllocator.shared.allocate(frames) else { return 0 }
      blockCount += 1
      return run
    }
    if pages[index] == 0 && !addPage(index) { return 0 }
    let page = pages[index]
    let block = UInt(mmio_read64(page + 8))
    let next = mmio_read64(block)
    mmio_write64(page + 8, next)
    mmio_write64(page + 16, mmio_read64(page + 16) + 1)
    // A full page leaves the list; `free` brings it back.
    if next == 0 { pages[index] = UInt(mmio_read64(page)) }
    blockCount += 1
    return block
  }

  mutating func free(_ address: UInt) {
    blockCount -= 1
    let page = address & ~4095
    if page == address {
      FrameAllocator.shared.free(address)
      return
    }
    let index = Int(mmio_read64(page + 24))
    guard index < Self.classCount else {
      Panic.stop("panic: freed \(hex: address), which is no block of the heap")
    }
    let first = mmio_read64(page + 8)
    mmio_write64(address, first)
    mmio_write64(page + 8, UInt64(address))
    let used = mmio_read64(page + 16) - 1
    mmio_write64(page + 16, used)
    if first == 0 {
      mmio_write64(page, UInt64(pages[index]))
      pages[index] = page
    }
    // An empty page goes back, so that the frame counts return to where they were.
    if used == 0 { remove(page, index) }
  }

  private mutating func addPage(_ index: Int) -> Bool {
    guard let page = FrameAllocator.shared.allocate() else { return false }
    let size = Self.smallest << UInt(index)
    var block = page + max(Self.headerSize, size)
    var next: UInt = 0
    while block + size <= page + 4096 {
      mmio_write64(block, UInt64(next))
      next = block
      block += size
    }
    mmio_write64(page, 0)
    mmio_write64(page + 8, UInt64(next))
    mmio_write64(page + 16, 0)
    mmio_write64(page + 24, UInt64(index))
    pages[index] = page
    return true
  }

  private mutating func remove(_ page: UInt, _ index: Int) {
    let after = UInt(mmio_read64(page))
    if pages[index] == page {
      pages[index] = after
    } else {
      var previous = pages[index]
      while UInt(mmio_read64(previous)) != page { previous = UInt(mmio_read64(previous)) }
      mmio_write64(previous, UInt64(after))
    }
    FrameAllocator.shared.free(page)
  }

  /// The class of blocks that `count` bytes fit into: 16 bytes and its doubles up to 2048.
  private static func sizeClass(of count: UInt) -> Int? {
    for index in 0..<classCount where smallest << UInt(index) >= count { return index }
    return nil
  }
}

/// Memory for the Swift runtime; 0 when there is none, on which it traps.
@c(kernel_allocate)
func kernelAllocate(_ count: Int, _ alignment: Int) -> UInt {
  withInterruptsMasked { KernelHeap.shared.allocate(count, alignment: alignment) }
}

/// Takes memory back from the Swift runtime.
@c(kernel_free)
func kernelFree(_ address: UInt) {
  withInterruptsMasked { KernelHeap.shared.free(address) }
}
