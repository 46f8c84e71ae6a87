import MartletDevice
import MartletStack
import MartletWire

/// A name server that says what a test tells it, by UDP and by TCP.
struct NameServerModel {
  /// A question as it came.
  struct Question: Equatable {
    var time: Instant
    var name: String
    var identifier: UInt16
    var source: Endpoint
    var destination: IPv4Address
    var isByTCP = false
  }

  /// Answers a question with messages, in this order.
  typealias Zone = (Question) -> [[UInt8]]

  var zone: Zone
  var log: [Question] = []
  private var socket: UDPHandle?
  private var listener: ListenerHandle?

  init(_ zone: @escaping Zone) { self.zone = zone }

  mutating func open(on stack: inout Stack) throws {
    socket = try stack.openUDP(on: Endpoint(Lab.serverAddress, port: 53))
    listener = try stack.listen(on: Endpoint(Lab.serverAddress, port: 53))
  }

  mutating func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) {
    switch event {
    case .udp(let handle, _) where handle == socket:
      while let (bytes, datagram) = receive(from: handle, of: &stack) {
        for answer in answers(
          to: bytes, from: datagram.source, to: datagram.destination.address, now: now)
        {
          send(answer, to: datagram.source, on: handle, of: &stack, now: now)
        }
      }
    case .listener(let handle, _) where handle == listener:
      // Taken from the queue: its data makes the next event.
      _ = try? stack.accept(on: handle)
    case .tcp(let handle, _):
      serveStream(handle, on: &stack, now: now)
    default:
      break
    }
  }

  private mutating func serveStream(_ handle: TCPHandle, on stack: inout Stack, now: Instant) {
    var buffer = TestBuffer()
    let bytes = buffer.build { span in
      guard case .bytes(let count) = try? stack.receive(into: &span, on: handle, now: now) else {
        return 0
      }
      return count
    }
    guard bytes.count > 2, let status = try? stack.status(of: handle) else { return }
    for answer in answers(
      to: Array(bytes.dropFirst(2)), from: status.remote, to: status.local.address, now: now,
      isByTCP: true)
    {
      let message = [UInt8(answer.count >> 8), UInt8(answer.count & 255)] + answer
      // In two pieces, for streams have no borders.
      for part in [message.prefix(5), message.dropFirst(5)] {
        _ = try? unsafe stack.send(Array(part).span.bytes, on: handle, now: now)
      }
    }
  }

  private mutating func answers(
    to bytes: [UInt8], from source: Endpoint, to destination: IPv4Address, now: Instant,
    isByTCP: Bool = false
  ) -> [[UInt8]] {
    guard var reader = unsafe try? DNSReader(bytes.span.bytes),
      let question = try? reader.nextQuestion()
    else { return [] }
    var buffer = TestBuffer()
    let name = try? buffer.build { span in try question.name.writeText(into: &span) }
    let asked = Question(
      time: now, name: String(decoding: name ?? [], as: UTF8.self),
      identifier: reader.header.identifier, source: source, destination: destination,
      isByTCP: isByTCP)
    log.append(asked)
    return zone(asked)
  }
}

/// A record of an answer.
enum TestRecord {
  case a(String, IPv4Address, seconds: UInt32)
  case cname(String, String, seconds: UInt32)
  case soa(String, minimum: UInt32, seconds: UInt32)
}

extension NameServerModel.Question {
  /// An answer to this question.
  func answer(
    _ records: [TestRecord], code: DNSResponseCode = .noError, truncated: Bool = false,
    identifier: UInt16? = nil, name: String? = nil
  ) -> [UInt8] {
    var header = DNSHeader.query(identifier: identifier ?? self.identifier).response(code)
    header.isTruncated = truncated
    var message: [UInt8] = []
    for value in [header.identifier, header.flags] { message += Self.bytes(value) }
    let authority = records.filter { if case .soa = $0 { true } else { false } }.count
    for count in [1, records.count - authority, authority, 0] {
      message += Self.bytes(UInt16(count))
    }
    message += Self.encoded(name ?? self.name) + [0, 1, 0, 1]
    for record in records { message += Self.encoded(record) }
    return message
  }

  private static func encoded(_ record: TestRecord) -> [UInt8] {
    switch record {
    case .a(let name, let address, let seconds):
      return encoded(name) + head(1, seconds, 4) + bytes(address.rawValue)
    case .cname(let name, let target, let seconds):
      let data = encoded(target)
      return encoded(name) + head(5, seconds, data.count) + data
    case .soa(let name, let minimum, let seconds):
      let data = [0, 0] + [UInt8](repeating: 0, count: 16) + bytes(minimum)
      return encoded(name) + head(6, seconds, data.count) + data
    }
  }

  private static func head(_ type: UInt16, _ seconds: UInt32, _ length: Int) -> [UInt8] {
    bytes(type) + [0, 1] + bytes(seconds) + bytes(UInt16(length))
  }

  private static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<T.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func encoded(_ name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
  }
}
