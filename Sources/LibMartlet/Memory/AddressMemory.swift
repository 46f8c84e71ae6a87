// Says `unsafe`: a C program's socket addresses.

internal import Glibc
internal import MartletStack
internal import MartletWire

/// Where a call's caller wants an address written, and how much room there is.
@safe
struct AddressMemory {
  private let start: UnsafeMutableRawPointer?
  private let length: UnsafeMutablePointer<socklen_t>?

  /// Nowhere.
  init() {
    unsafe (start, length) = (nil, nil)
  }

  /// Takes a caller's two pointers; `isRequired` where no address is no choice.
  ///
  /// Throws `EFAULT`, or `EINVAL` for a negative length.
  init(
    _ address: UnsafeMutablePointer<sockaddr>?, _ length: UnsafeMutablePointer<socklen_t>?,
    isRequired: Bool
  ) throws(SocketError) {
    guard unsafe isRequired || address != nil else {
      unsafe (start, self.length) = (nil, nil)
      return
    }
    guard let length = unsafe length,
      unsafe MemoryRange.isPossible(UnsafeRawPointer(length), count: 4)
    else { throw SocketError(EFAULT) }
    let room = unsafe UnsafeRawPointer(length).loadUnaligned(as: Int32.self)
    guard room >= 0 else { throw SocketError(EINVAL) }
    if room > 0 {
      guard let address = unsafe address,
        unsafe MemoryRange.isPossible(UnsafeRawPointer(address), count: 1)
      else { throw SocketError(EFAULT) }
    }
    unsafe start = UnsafeMutableRawPointer(address)
    unsafe self.length = length
  }

  /// Writes an end of a conversation, cut to the room there is, and its whole length.
  func store(_ endpoint: Endpoint) {
    guard let length = unsafe length else { return }
    let room = unsafe Int(UnsafeRawPointer(length).loadUnaligned(as: UInt32.self))
    var bytes = SocketAddress.bytes(of: endpoint)
    unsafe bytes.withUnsafeMutableBytes { source in
      guard let first = source.baseAddress, let start = unsafe start else { return }
      unsafe start.copyMemory(from: first, byteCount: min(room, source.count))
    }
    unsafe UnsafeMutableRawPointer(length).storeBytes(
      of: UInt32(SocketAddress.length), as: UInt32.self)
  }

  /// Says that there is no address.
  func storeNone() {
    guard let length = unsafe length else { return }
    unsafe UnsafeMutableRawPointer(length).storeBytes(of: 0, as: UInt32.self)
  }
}

/// `struct sockaddr_in`.
enum SocketAddress {
  /// Its length in bytes.
  static let length = 16

  /// What a caller passed.
  enum Parsed: Equatable {
    /// An IPv4 address and port.
    case endpoint(Endpoint)
    /// No address at all: `AF_UNSPEC`.
    case unspecifiedFamily(Endpoint?)
    /// Too short for its family.
    case short
    /// Another family.
    case otherFamily
  }

  /// Reads a caller's address. Throws `EFAULT`, or `EINVAL` for a length that no address has.
  static func parse(
    _ pointer: UnsafePointer<sockaddr>?, length: socklen_t
  ) throws(SocketError) -> Parsed {
    // Linux copies up to a sockaddr_storage before it looks.
    guard length <= 128 else { throw SocketError(EINVAL) }
    let memory = try unsafe ReadableMemory(UnsafeRawPointer(pointer), count: Int(length))
    guard let family = memory.load(UInt16.self) else { return .short }
    let endpoint = endpoint(in: memory)
    if family == UInt16(AF_UNSPEC) { return .unspecifiedFamily(endpoint) }
    guard family == UInt16(AF_INET) else {
      return length < Self.length ? .short : .otherFamily
    }
    return endpoint.map { .endpoint($0) } ?? .short
  }

  private static func endpoint(in memory: ReadableMemory) -> Endpoint? {
    guard memory.count >= length, let port = memory.load(UInt16.self, at: 2),
      let address = memory.load(UInt32.self, at: 4)
    else { return nil }
    return Endpoint(
      IPv4Address(rawValue: UInt32(bigEndian: address)), port: UInt16(bigEndian: port))
  }

  /// An end of a conversation as a `sockaddr_in`.
  static func bytes(of endpoint: Endpoint) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length)
    bytes[0] = UInt8(truncatingIfNeeded: AF_INET)
    bytes[2] = UInt8(truncatingIfNeeded: endpoint.port >> 8)
    bytes[3] = UInt8(truncatingIfNeeded: endpoint.port)
    for index in 0..<4 {
      bytes[4 + index] = UInt8(
        truncatingIfNeeded: endpoint.address.rawValue >> UInt32(24 - 8 * index))
    }
    return bytes
  }
}
