internal import MartletWire

/// What a receiver wants to know of a datagram beside its payload.
struct DatagramOrigin: Equatable, BitwiseCopyable {
  /// The bytes of its record in a queue.
  static var length: Int { 16 }

  /// The sender.
  var source = Endpoint.none
  /// Where it was sent to.
  var destination = Endpoint.none
  /// The interface it came in by.
  var interface: UInt8 = 0
  /// The time to live it arrived with.
  var timeToLive: UInt8 = 0

  /// Writes the record that stands before the payload in a queue.
  func write(into bytes: inout MutableRawSpan, payloadLength: Int) {
    bytes.store(source.address, at: 0)
    bytes.store(destination.address, at: 4)
    bytes.store(source.port, at: 8)
    bytes.store(destination.port, at: 10)
    bytes.store(UInt16(truncatingIfNeeded: payloadLength), at: 12)
    bytes.store(interface, at: 14)
    bytes.store(timeToLive, at: 15)
  }

  /// Reads a record and the length of the payload behind it.
  static func read(_ bytes: RawSpan) -> (Self, payloadLength: Int) {
    var origin = Self()
    origin.source = Endpoint(bytes.loadIPv4Address(at: 0), port: bytes.load(at: 8))
    origin.destination = Endpoint(bytes.loadIPv4Address(at: 4), port: bytes.load(at: 10))
    origin.interface = bytes.load(at: 14)
    origin.timeToLive = bytes.load(at: 15)
    return (origin, Int(bytes.load(UInt16.self, at: 12)))
  }
}
