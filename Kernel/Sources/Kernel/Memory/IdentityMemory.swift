import CPlatform
import MartletDrivers

/// Physical memory through the kernel's map, in which an address is its own translation.
struct IdentityMemory: PhysicalMemory {
  @_lifetime(borrow self)
  func bytes(at address: UInt64, count: Int) -> RawSpan? {
    // The first page stays unmapped but for the BIOS data that boot code reads before; the end is
    // what boot.S has mapped.
    guard count >= 0, address >= 0x400, address < 1 << 32, UInt64(count) <= (1 << 32) - address,
      let pointer = unsafe UnsafeRawPointer(bitPattern: UInt(address))
    else { return nil }
    let span = unsafe RawSpan(_unsafeStart: pointer, byteCount: count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }
}
