import CPlatform
import MartletDrivers

/// The kernel's one address space: an identity map in which no page is both writable and
/// executable, the first page is missing, and a stack's lowest page can be taken out.
enum PageTables {
  private static let present: UInt64 = 1
  private static let writable: UInt64 = 1 << 1
  /// Uncached: a card's registers.
  private static let uncached: UInt64 = 1 << 4 | 1 << 3
  private static let large: UInt64 = 1 << 7
  private static let noExecute: UInt64 = 1 << 63
  private static let addressMask: UInt64 = 0x000F_FFFF_FFFF_F000
  private static let largePage: UInt64 = 2 << 20

  /// Builds the lasting map and switches to it.
  ///
  /// Memory and the image lie below `memoryEnd`; everything from there to 4 GiB is registers.
  static func start(memoryEnd: UInt) {
    let root = makeTable()
    let directory = makeTable()
    setEntry(root, 0, UInt64(directory) | present | writable)
    let end = (UInt64(memoryEnd) + largePage - 1) & ~(largePage - 1)
    for gibibyte in 0..<4 {
      let table = makeTable()
      setEntry(directory, gibibyte, UInt64(table) | present | writable)
      for index in 0..<512 {
        let address = UInt64(gibibyte) << 30 | UInt64(index) * largePage
        let kind = address < end ? 0 : uncached
        setEntry(table, index, address | present | writable | large | noExecute | kind)
      }
    }
    rootTable = root
    protectImage()
    unmap(0)
    unmap(address_of_boot_stack_guard())
    cr3_write(UInt64(root))
    startTags()
  }

  /// Translations are tagged with an address space's number where the processor can (PCID), so that
  /// a switch to another space need not forget them. This one is space 0.
  private static func startTags() {
    guard cpuid_read(1, 0).ecx & 1 << 17 != 0 else { return log("pages: not tagged") }
    cr4_write(cr4_read() | 1 << 17)
    log("pages: tagged by PCID")
  }

  /// Takes the page at `address` out of the map: who touches it faults.
  static func unmap(_ address: UInt) { setPage(address, 0) }

  /// Puts the page at `address` back as data.
  static func map(_ address: UInt) {
    setPage(address, UInt64(address) | present | writable | noExecute)
  }

  /// Maps registers above 4 GiB, where a 64-bit base address register may put them.
  static func mapRegisters(at address: UInt64, count: Int) {
    guard address >= 1 << 32, count > 0 else { return }
    var page = address & ~(largePage - 1)
    while page < address + UInt64(count) {
      let table = table(at: table(at: rootTable, Int(page >> 39 & 511)), Int(page >> 30 & 511))
      setEntry(
        table, Int(page >> 21 & 511), page | present | writable | large | noExecute | uncached)
      page_invalidate(UInt(page))
      page += largePage
    }
  }

  /// Whether a load from `address` would succeed.
  static func isMapped(_ address: UInt) -> Bool {
    var table = UInt(cr3_read() & addressMask)
    for shift: UInt in stride(from: 39, through: 12, by: -9) {
      let entry = entry(table, Int(address >> shift & 511))
      if entry & present == 0 { return false }
      if shift == 12 || (shift != 39 && entry & large != 0) { return true }
      table = UInt(entry & addressMask)
    }
    return false
  }

  @safe nonisolated(unsafe) private static var rootTable: UInt = 0

  /// Text is executed and not written, constants are only read, data is not executed.
  private static func protectImage() {
    for page in stride(from: address_of_image(), to: address_of_data(), by: 4096) {
      let isText = page < address_of_rodata()
      setPage(page, UInt64(page) | present | (isText ? 0 : noExecute))
    }
  }

  /// Sets the entry of one 4 KiB page, splitting the large page around it if need be.
  private static func setPage(_ address: UInt, _ value: UInt64) {
    let middle = UInt(entry(table(at: rootTable, 0), Int(address >> 30)) & addressMask)
    let index = Int(address >> 21 & 511)
    let old = entry(middle, index)
    if old & large != 0 {
      let table = makeTable()
      let base = old & addressMask & ~(largePage - 1)
      let rights = old & ~addressMask & ~large
      for page in 0..<512 { setEntry(table, page, base + UInt64(page) * 4096 | rights) }
      setEntry(middle, index, UInt64(table) | present | writable)
    }
    setEntry(UInt(entry(middle, index) & addressMask), Int(address >> 12 & 511), value)
    page_invalidate(address)
  }

  /// The table that an entry points to, made if there is none.
  private static func table(at parent: UInt, _ index: Int) -> UInt {
    let old = entry(parent, index)
    if old & present != 0 { return UInt(old & addressMask) }
    let table = makeTable()
    setEntry(parent, index, UInt64(table) | present | writable)
    return table
  }

  private static func makeTable() -> UInt {
    guard let table = withInterruptsMasked({ FrameAllocator.shared.allocate() }) else {
      Panic.stop("panic: no memory for a page table")
    }
    for index in 0..<512 { setEntry(table, index, 0) }
    return table
  }

  private static func entry(_ table: UInt, _ index: Int) -> UInt64 {
    mmio_read64(table + UInt(index * 8))
  }

  private static func setEntry(_ table: UInt, _ index: Int, _ value: UInt64) {
    mmio_write64(table + UInt(index * 8), value)
  }
}
