// Says `unsafe`: it shows frames in memory that the kernel shares with this process.

internal import CMartletHost
internal import Glibc
internal import MartletDevice
internal import MartletReadiness

/// The receive ring of a packet socket (`TPACKET_V3`).
@safe
struct PacketRing: ~Copyable {
  private static var blockLength: Int { 1 << 20 }

  private let descriptor: Descriptor
  private var ring: martlet_packet_ring
  private var cursor = unsafe martlet_packet_cursor()

  init(
    interface index: Int32, named name: String, blockCount: Int, isPromiscuous: Bool
  ) throws(HostError) {
    unsafe ring = martlet_packet_ring()
    var call: UnsafePointer<CChar>?
    let result = unsafe martlet_packet_open(
      index, Self.blockLength, blockCount, isPromiscuous ? 1 : 0, &ring, &call)
    guard result == 0 else {
      let code = errno
      let text = unsafe call.map { unsafe String(cString: $0) } ?? "socket"
      throw Self.error(text, code, name)
    }
    descriptor = unsafe Descriptor(ring.descriptor)
  }

  deinit {
    var ring = unsafe ring
    unsafe martlet_packet_unmap(&ring)
  }

  var readinessDescriptor: Int32 { descriptor.rawValue }

  /// Shows up to `budget` frames; a frame is valid during the call of `body`.
  mutating func receive(
    budget: Int, malformed: inout UInt64, _ body: (RawSpan, FrameInfo) -> Void
  ) -> Int {
    var count = 0
    var frame = unsafe martlet_packet_frame()
    while count < budget, unsafe martlet_packet_next(&ring, &cursor, &frame) == 1 {
      guard let info = unsafe Self.info(of: &frame) else {
        malformed &+= 1
        continue
      }
      body(unsafe RawSpan(_unsafeStart: frame.bytes, byteCount: frame.length), info)
      count += 1
    }
    // The kernel may have the last block back now, not only when the next is asked for.
    unsafe martlet_packet_release(&ring, &cursor)
    return count
  }

  private static func info(of frame: inout martlet_packet_frame) -> FrameInfo? {
    let header = unsafe withUnsafeBytes(of: &frame.vnet_header) { bytes in
      unsafe VirtioNetHeader(RawSpan(_unsafeBytes: bytes))
    }
    guard var info = header.frameInfo else { return nil }
    let inserted = unsafe UInt16(truncatingIfNeeded: frame.inserted)
    if info.checksum == .partial { info.checksumStart &+= inserted }
    if info.segmentation != .none { info.headerLength &+= inserted }
    if info.checksum == .unverified, unsafe frame.is_verified != 0 {
      info.checksum = .verified
    }
    return info
  }

  /// The frames dropped for want of room since the last call.
  mutating func takeDrops() -> Int {
    var drops: UInt32 = 0
    _ = unsafe martlet_packet_drops(descriptor.rawValue, &drops)
    return Int(drops)
  }

  private static func error(_ call: String, _ code: Int32, _ name: String) -> HostError {
    guard code == EPERM || code == EACCES else {
      return .system(SystemError(call, code: code), subject: "interface \(name)")
    }
    return .missingPrivilege(
      "CAP_NET_RAW", subject: "packet socket on \(name)",
      instead: "use a TAP made for you: ip tuntap add dev NAME mode tap user $USER")
  }
}
